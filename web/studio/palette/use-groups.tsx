import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useMantineColorScheme } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { findGenerations, type GenerationSummary, listGenerations } from '#contract/generations.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { kindName, kinds } from '../../ui/kinds.ts';
import { modelsQuery } from '../../ui/queries.ts';
import { When } from '../../ui/when.tsx';
import { GENERATIONS } from '../create/generation.ts';
import { type Entry, type Group, matching } from './entries.ts';

const MOST_MODELS = 8;
const MOST_RUNS = 8;
const FEW = 5;

const pages = [
  { to: '/compare', name: msg`Compare` },
  { to: '/history', name: msg`History` },
  { to: '/models', name: msg`Models` },
  { to: '/pricing', name: msg`Pricing` },
  { to: '/wallet', name: msg`Wallet` },
  { to: '/wallet/top-up', name: msg`Add money` },
  { to: '/wallet/statement', name: msg`Statement` },
  { to: '/settings/profile', name: msg`Profile` },
  { to: '/settings/security', name: msg`Security` },
  { to: '/settings/privacy', name: msg`Privacy` },
  { to: '/settings/keys', name: msg`API keys` },
  { to: '/settings/spending', name: msg`Spending limits` },
  { to: '/settings/appearance', name: msg`Appearance` },
] as const;

const historyQuery = (words: string) => ({
  queryKey: [...GENERATIONS, 'find', words],
  queryFn: async () =>
    words === ''
      ? { items: (await call(listGenerations, { limit: FEW })).items, isWhole: true }
      : call(findGenerations, { words, limit: MOST_RUNS }),
  placeholderData: keepPreviousData,
});

/** What may be chosen for the words, in groups; `wanted` are the words that the history is asked for. */
export function useGroups(words: string, wanted: string) {
  const { t } = useLingui();
  const runs = useQuery(historyQuery(wanted));
  const models = useModels();
  const isBare = words.trim() === '';
  const groups: Group[] = [
    { name: t`Do`, entries: matching(useActs(), words, 9) },
    { name: t`Go to`, entries: matching(usePages(), words, 20) },
    { name: t`Models`, entries: isBare ? [] : matching(models, words, MOST_MODELS) },
    { name: t`Your history`, entries: useRuns(runs.data?.items ?? []) },
  ];
  return {
    groups: groups.filter(({ entries }) => entries.length > 0),
    isLooking: runs.isFetching || wanted !== words.trim(),
    isWhole: runs.data?.isWhole ?? true,
  };
}

function useActs(): Entry[] {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const colours = t`Colours`;
  return [
    { id: 'new', label: t`New chat`, choose: () => void navigate({ to: '/chat' }) },
    { id: 'light', label: t`Light`, note: colours, also: colours, choose: () => setColorScheme('light') },
    { id: 'dark', label: t`Dark`, note: colours, also: colours, choose: () => setColorScheme('dark') },
    {
      id: 'auto',
      label: t`As the device`,
      note: colours,
      also: colours,
      choose: () => setColorScheme('auto'),
    },
  ];
}

function usePages(): Entry[] {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  return [...kinds.map(({ path, name }) => ({ to: path, name })), ...pages].map(({ to, name }) => ({
    id: to.replaceAll('/', '-'),
    label: i18n._(name),
    choose: () => void navigate({ to }),
  }));
}

function useModels(): Entry[] {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const models = useQuery(modelsQuery).data ?? [];
  return models.map((model) => {
    const path = kinds.find(({ kind }) => kind === model.kind)?.path;
    return {
      id: `model-${model.id.replaceAll(/[^\w-]/g, '-')}`,
      label: model.name,
      note: (
        <>
          {i18n._(kindName(model.kind))} · <Amount micro={model.typical.priceMicro} />
        </>
      ),
      also: `${model.id} ${model.provider.name} ${i18n._(kindName(model.kind))}`,
      choose: () =>
        path === undefined
          ? void navigate({ to: '/models/$', params: { _splat: model.id } })
          : void navigate({ to: path, search: { model: model.id } }),
    };
  });
}

function useRuns(runs: GenerationSummary[]): Entry[] {
  const { t } = useLingui();
  const navigate = useNavigate();
  return runs.map((run) => ({
    id: run.id,
    label: run.title || t`No prompt`,
    note: (
      <>
        {run.modelName} · <When at={run.createdAt} />
      </>
    ),
    // A conversation is gone on with; all else is looked at.
    choose: () => void navigate({ to: run.kind === 'text' ? '/chat/$id' : '/g/$id', params: { id: run.id } }),
  }));
}
