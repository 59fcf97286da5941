import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { liftRestriction, restrictProcessing } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Section } from '../settings/section.tsx';
import { restrictionsQuery } from './restrictions-query.ts';

/** Clause 9.5: everything stops but storage, until the person lets it go on. */
export function RestrictionCard() {
  const cache = useQueryClient();
  const list = useQuery(restrictionsQuery);
  const keep = (items: typeof list.data) => cache.setQueryData(restrictionsQuery.queryKey, items);
  const stop = useMutation({
    mutationFn: async () => (await call(restrictProcessing)).items,
    onSuccess: keep,
  });
  const lift = useMutation({
    mutationFn: async () => (await call(liftRestriction, { cause: 'own-wish' })).items,
    onSuccess: keep,
  });
  const inForce = list.data?.find(({ cause, liftedAt }) => cause === 'own-wish' && liftedAt === null);
  return (
    <Section
      title={<Trans>Stop processing</Trans>}
      lead={
        <Trans>
          We keep what is stored and do nothing else with it: no runs, neither here nor by your API keys, and
          no news by e-mail. What runs already ends first. Reading, export and erasure go on. Only you can
          lift it.
        </Trans>
      }
    >
      {list.isPending ? <Waiting what={<Trans>the present state</Trans>} rows={1} /> : null}
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      {list.data === undefined ? null : (
        <Stack gap="sm" align="flex-start">
          <Text size="sm" role="status">
            {inForce === undefined ? (
              <Trans>Nothing is stopped.</Trans>
            ) : (
              <Trans>
                Stopped since <When at={inForce.since} />.
              </Trans>
            )}
          </Text>
          {inForce === undefined ? (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              <Trans>Stop processing my data</Trans>
            </Button>
          ) : (
            <Button variant="default" loading={lift.isPending} onClick={() => lift.mutate()}>
              <Trans>Let processing go on</Trans>
            </Button>
          )}
          <ProblemAlert error={stop.error ?? lift.error} />
        </Stack>
      )}
    </Section>
  );
}
