import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type GenerationSummary, listGenerations } from '#contract/generations.ts';
import { call } from '../../call.ts';
import { kindName, kinds } from '../../ui/kinds.ts';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Empty, Waiting } from '../../ui/states.tsx';
import { GENERATIONS } from '../create/generation.ts';
import classes from './history.module.css';
import { HistoryRow } from './history-row.tsx';
import type { historySearch } from './search.ts';

const route = getRouteApi('/member/history');
type Filter = ReturnType<typeof historySearch>;

const historyQuery = ({ kind, model, running }: Filter) =>
  infiniteQueryOptions({
    queryKey: [...GENERATIONS, 'history', kind, model, running],
    queryFn: ({ pageParam }) =>
      call(listGenerations, {
        before: pageParam,
        limit: 30,
        kind,
        model,
        running: running === undefined ? undefined : running ? 'true' : 'false',
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Every run, newest first; the filters stand in the address. */
export function HistoryPage() {
  const { t } = useLingui();
  const filter = route.useSearch();
  const pages = useInfiniteQuery(historyQuery(filter));
  return (
    <Page title={t`History`}>
      <Filters />
      {pages.isPending ? <Waiting what={<Trans>your history</Trans>} rows={8} height={64} /> : null}
      <ProblemAlert error={pages.error} onRetry={() => void pages.refetch()} />
      <Rows rows={pages.data?.pages.flatMap((page) => page.items)} />
      {pages.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            <Trans>Show older runs</Trans>
          </Button>
        </Group>
      ) : null}
    </Page>
  );
}

function Filters() {
  const { t, i18n } = useLingui();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const models = useQuery(modelsQuery).data ?? [];
  const set = (change: Partial<Filter>) => void navigate({ search: { ...filter, ...change }, replace: true });
  const offered = models.filter((model) => filter.kind === undefined || model.kind === filter.kind);
  return (
    <div className={classes.filters}>
      <NativeSelect
        aria-label={t`Kind`}
        value={filter.kind ?? ''}
        onChange={(event) => {
          const chosen = kinds.find(({ kind }) => kind === event.currentTarget.value);
          set({ kind: chosen?.kind, model: undefined });
        }}
        data={[
          { value: '', label: t`All kinds` },
          ...kinds.map(({ kind }) => ({ value: kind, label: i18n._(kindName(kind)) })),
        ]}
      />
      <NativeSelect
        aria-label={t`Model`}
        value={filter.model ?? ''}
        onChange={(event) => set({ model: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: t`All models` },
          ...offered.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <NativeSelect
        aria-label={t`State`}
        value={filter.running === undefined ? '' : String(filter.running)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          set({ running: value === '' ? undefined : value === 'true' });
        }}
        data={[
          { value: '', label: t`Running and ended` },
          { value: 'true', label: t`Running` },
          { value: 'false', label: t`Ended` },
        ]}
      />
    </div>
  );
}

function Rows({ rows }: { rows: GenerationSummary[] | undefined }) {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  if (rows === undefined) return null;
  if (rows.length > 0) {
    return (
      <ul className={classes.rows}>
        {rows.map((run) => (
          <HistoryRow key={run.id} run={run} />
        ))}
      </ul>
    );
  }
  const isFiltered = [filter.kind, filter.model, filter.running].some((value) => value !== undefined);
  if (isFiltered) {
    return (
      <Empty
        title={<Trans>Nothing with these filters</Trans>}
        action={
          <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
            <Trans>Clear the filters</Trans>
          </Button>
        }
      >
        <Trans>No run of yours is of this kind, model and state.</Trans>
      </Empty>
    );
  }
  return (
    <Empty
      title={<Trans>Nothing yet</Trans>}
      action={
        <LinkButton to="/create" variant="default">
          <Trans>Make something</Trans>
        </LinkButton>
      }
    >
      <Trans>Your first run appears here as it starts.</Trans>
    </Empty>
  );
}
