import { Trans } from '@lingui/react/macro';
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { MoreButton } from '../more-button.tsx';

type Rows = UseQueryResult<unknown> | UseInfiniteQueryResult<unknown>;

/** A list of cards with its waiting, its fault and what is said when there is none. */
export function Rows({ of, none, children }: { of: Rows; none: boolean; children: ReactNode }) {
  if (of.isPending) return <Waiting what={<Trans>the payments</Trans>} rows={2} height={44} />;
  if (of.isError) return <ProblemAlert error={of.error} onRetry={() => void of.refetch()} />;
  return (
    <>
      {none ? (
        <Text size="sm" c="var(--ml-text-2)">
          <Trans>There is none.</Trans>
        </Text>
      ) : (
        <Stack gap="sm">{children}</Stack>
      )}
      {'hasNextPage' in of ? <MoreButton pages={of} /> : null}
    </>
  );
}

/** One of them: what it is, how much, and what can be done. */
export function Row({ lead, sum, children }: { lead: ReactNode; sum: ReactNode; children?: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Text size="sm">{lead}</Text>
        <Text size="sm" fw={600}>
          {sum}
        </Text>
      </Group>
      {children}
    </Paper>
  );
}

/** Who it is about, leading to their money. */
export function Member({ id }: { id: string }) {
  return (
    <Anchor href={`/console/money/people/${id}`} size="sm">
      <bdi dir="ltr">{id}</bdi>
    </Anchor>
  );
}
