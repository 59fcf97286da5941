import { Trans, useLingui } from '@lingui/react/macro';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { listGenerations } from '#contract/generations.ts';
import { call } from '../../call.ts';
import { kindName, type MakeableKind } from '../../ui/kinds.ts';
import { useDocumentTitle } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Empty, Waiting } from '../../ui/states.tsx';
import classes from './create.module.css';
import { GENERATIONS, generationQuery } from './generation.ts';
import { MediaStudio } from './media-studio.tsx';

export type MediaKind = Exclude<MakeableKind['kind'], 'text'>;

/** The newest runs of a kind, whole, so that the page has its final height at once; the rest is in the history. */
const recentQuery = (kind: MediaKind) =>
  queryOptions({
    queryKey: [...GENERATIONS, 'recent', kind],
    queryFn: async ({ client }) => {
      const { items } = await call(listGenerations, { kind, limit: 8 });
      await Promise.all(items.map(({ id }) => client.ensureQueryData(generationQuery(id))));
      return items;
    },
  });

/** Where pictures, clips and sounds are made: results above, prompt below, parameters aside. */
export function MediaPage({ kind }: { kind: MediaKind }) {
  const { i18n } = useLingui();
  useDocumentTitle(i18n._(kindName(kind)));
  const search = useSearch({ strict: false });
  const models = useQuery(modelsQuery);
  const recent = useQuery(recentQuery(kind));
  const from = useQuery({ ...generationQuery(search.from ?? ''), enabled: search.from !== undefined });
  const error = models.error ?? recent.error;
  if (error) {
    return (
      <div className={classes.results}>
        <ProblemAlert error={error} onRetry={() => void Promise.all([models.refetch(), recent.refetch()])} />
      </div>
    );
  }
  if (
    models.data === undefined ||
    recent.data === undefined ||
    (search.from !== undefined && from.isPending)
  ) {
    return (
      <div className={classes.results}>
        <Waiting what={<Trans>the studio</Trans>} rows={2} height={200} />
      </div>
    );
  }
  const offered = models.data.filter((model) => model.kind === kind);
  const wanted = search.model ?? from.data?.modelId ?? recent.data[0]?.modelId;
  const model = offered.find((one) => one.id === wanted) ?? offered[0];
  if (model === undefined) return <NothingOffered models={models.data} />;
  return (
    <>
      <h1 className={classes.hidden}>{i18n._(kindName(kind))}</h1>
      <MediaStudio
        // Another prefill is another form.
        key={`${kind} ${search.model} ${search.from}`}
        kind={kind}
        models={offered}
        first={model}
        prefill={from.data?.params}
        recent={[...recent.data].reverse().map((run) => run.id)}
      />
    </>
  );
}

function NothingOffered({ models }: { models: Model[] }) {
  return (
    <div className={classes.results}>
      <Empty title={<Trans>No model on offer</Trans>}>
        <Trans>
          No model of this kind can be reached now. {models.length} models of other kinds are on offer.
        </Trans>
      </Empty>
    </div>
  );
}
