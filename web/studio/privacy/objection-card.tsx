import { Trans } from '@lingui/react/macro';
import { Button, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { listObjections, objectTo, withdrawObjection } from '#contract/privacy-rights.ts';
import { call, type Reply } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Section } from '../settings/section.tsx';
import classes from '../settings/settings.module.css';

const objectionsQuery = queryOptions({
  queryKey: ['objections'],
  queryFn: async () => (await call(listObjections)).items,
});

/** Clause 9.6: each purpose that rests on our own interest, and a no to it. */
export function ObjectionCard() {
  const list = useQuery(objectionsQuery);
  return (
    <Section
      title={<Trans>What we do for our own interest</Trans>}
      lead={
        <Trans>
          Object, and it stops at once: nothing more is recorded, and what was recorded goes. You need no
          reason.
        </Trans>
      }
    >
      {list.isPending ? <Waiting what={<Trans>the purposes</Trans>} rows={1} /> : null}
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      <ul className={classes.list}>
        {list.data?.map((one) => (
          <Purpose key={one.id} one={one} />
        ))}
      </ul>
    </Section>
  );
}

function Purpose({ one }: { one: Reply<typeof listObjections>['items'][number] }) {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: async () =>
      (await call(one.since === null ? objectTo : withdrawObjection, { purpose: one.id })).items,
    onSuccess: (items) => cache.setQueryData(objectionsQuery.queryKey, items),
  });
  return (
    <li className={classes.item}>
      <span className={classes.words}>
        <Text size="sm" lang="en" dir="ltr">
          {one.purpose}
        </Text>
        <Text size="xs" c="dimmed" role="status">
          {one.since === null ? (
            <Trans>In use</Trans>
          ) : (
            <Trans>
              You object since <When at={one.since} />
            </Trans>
          )}
        </Text>
      </span>
      <Button variant="default" size="xs" loading={change.isPending} onClick={() => change.mutate()}>
        {one.since === null ? <Trans>Object</Trans> : <Trans>Take back</Trans>}
      </Button>
      <div className={classes.below}>
        <ProblemAlert error={change.error} />
      </div>
    </li>
  );
}
