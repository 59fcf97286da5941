import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { allKinds, kindName } from '../../ui/kinds.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Empty, Waiting } from '../../ui/states.tsx';
import { ModelRow } from './model-row.tsx';
import classes from './models.module.css';

const route = getRouteApi('/models/');

/** Every model on offer; the filters stand in the address. */
export function ModelsPage() {
  const { t } = useLingui();
  const models = useQuery(modelsQuery);
  return (
    <Page title={t`Models`}>
      <Text c="var(--ml-text-2)" mb="md">
        <Trans>One wallet pays for all of them. You see the exact price before anything runs.</Trans>
      </Text>
      <Filters models={models.data ?? []} />
      {models.isPending ? <Waiting what={<Trans>the models</Trans>} rows={8} height={72} /> : null}
      <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />
      {models.data ? <Found models={models.data} /> : null}
    </Page>
  );
}

function Filters({ models }: { models: Model[] }) {
  const { t, i18n } = useLingui();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...change }, replace: true, resetScroll: false });
  const providers = [...new Map(models.map(({ provider }) => [provider.id, provider.name]))];
  return (
    <div className={classes.filters}>
      <TextInput
        aria-label={t`Find a model`}
        placeholder={t`Find a model`}
        leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
        value={search.find ?? ''}
        onChange={(event) => set({ find: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label={t`Provider`}
        value={search.provider ?? ''}
        onChange={(event) => set({ provider: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: t`All providers` },
          ...providers.map(([value, label]) => ({ value, label })),
        ]}
      />
      <fieldset className={classes.chips}>
        <legend className={classes.hidden}>
          <Trans>Kind</Trans>
        </legend>
        <Chip on={search.kind === undefined} onClick={() => set({ kind: undefined })}>
          <Trans>All</Trans>
        </Chip>
        {allKinds.map((kind) => (
          <Chip key={kind} on={search.kind === kind} onClick={() => set({ kind })}>
            {i18n._(kindName(kind))}
          </Chip>
        ))}
      </fieldset>
    </div>
  );
}

function Chip(props: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={classes.chip} aria-pressed={props.on} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

function Found({ models }: { models: Model[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const words = (search.find ?? '').toLowerCase().split(/\s+/);
  const found = models.filter(
    (model) =>
      (search.kind === undefined || model.kind === search.kind) &&
      (search.provider === undefined || model.provider.id === search.provider) &&
      words.every((word) => `${model.name} ${model.id} ${model.summary}`.toLowerCase().includes(word)),
  );
  if (found.length === 0) {
    return (
      <Empty
        title={<Trans>No such model</Trans>}
        action={
          <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
            <Trans>Clear the filters</Trans>
          </Button>
        }
      >
        <Trans>Nothing on offer matches all of the filters.</Trans>
      </Empty>
    );
  }
  return (
    <ul className={classes.rows}>
      {found.map((model) => (
        <ModelRow key={model.id} model={model} />
      ))}
    </ul>
  );
}
