import { Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, NativeSelect } from '@mantine/core';
import { useForm } from '@mantine/form';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRoutingWish, setRoutingWish } from '#contract/generations.ts';
import { call, type Reply } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { Saved, Section } from './section.tsx';

const wishQuery = queryOptions({ queryKey: ['routing'], queryFn: () => call(getRoutingWish) });

/** Where what is asked may go: one region, and whether another route may take over. */
export function RoutingCard() {
  const wish = useQuery(wishQuery);
  return (
    <Section
      title={<Trans>Where your data may go</Trans>}
      lead={
        <Trans>
          Holds for the studio and for your API keys; a call of a program may say otherwise for itself.
        </Trans>
      }
    >
      {wish.isPending ? <Waiting what={<Trans>your choice</Trans>} rows={2} /> : null}
      <ProblemAlert error={wish.error} onRetry={() => void wish.refetch()} />
      {wish.data ? <WishForm wish={wish.data} /> : null}
    </Section>
  );
}

function WishForm({ wish }: { wish: Reply<typeof getRoutingWish> }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const form = useForm({ initialValues: { region: wish.region ?? '', fallback: wish.fallback } });
  const save = useMutation({
    mutationFn: ({ region, fallback }: typeof form.values) =>
      call(setRoutingWish, { region: region === '' ? null : region, fallback }),
    onSuccess: (fresh) => {
      cache.setQueryData(wishQuery.queryKey, { ...wish, ...fresh });
      form.resetDirty();
    },
  });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      submitError={save.error}
      loading={save.isPending}
      submitLabel={<Trans>Save choice</Trans>}
      aside={
        <Saved when={save.isSuccess && !form.isDirty()}>
          <Trans>Saved. It holds from the next run on.</Trans>
        </Saved>
      }
    >
      <NativeSelect
        {...form.getInputProps('region')}
        label={t`Region`}
        description={t`Models without a route in it are refused, and cost nothing.`}
        data={[{ value: '', label: t`Any region` }, ...wish.regions]}
      />
      <Checkbox
        {...form.getInputProps('fallback', { type: 'checkbox' })}
        label={t`If a provider takes nothing, another route may take over`}
        description={t`Another region or key of the same provider, or another provider of the same model that you have been told of. You see it on the run.`}
      />
    </FormShell>
  );
}
