import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { kindName } from '../../ui/kinds.ts';
import { useDocumentTitle } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Empty, Waiting } from '../../ui/states.tsx';
import shared from '../create/create.module.css';
import { CompareStudio } from './compare-studio.tsx';

const route = getRouteApi('/member/compare');

/** One prompt, two or three models side by side. */
export function ComparePage() {
  const { t, i18n } = useLingui();
  useDocumentTitle(t`Compare`);
  const { kind = 'text' } = route.useSearch();
  const models = useQuery(modelsQuery);
  const offered = (models.data ?? []).filter((model) => model.kind === kind);
  return (
    <>
      <h1 className={shared.hidden}>
        <Trans>Compare</Trans>
      </h1>
      {models.isError ? (
        <div className={shared.results}>
          <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />
        </div>
      ) : models.isPending ? (
        <div className={shared.results}>
          <Waiting what={<Trans>the models</Trans>} rows={2} height={200} />
        </div>
      ) : offered.length < 2 ? (
        <div className={shared.results}>
          <Empty title={<Trans>Nothing to compare</Trans>}>
            <Trans>Fewer than two models for this can be reached now: {i18n._(kindName(kind))}.</Trans>
          </Empty>
        </div>
      ) : (
        <CompareStudio key={kind} kind={kind} models={offered} />
      )}
    </>
  );
}
