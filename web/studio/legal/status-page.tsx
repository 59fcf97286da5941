import { Trans, useLingui } from '@lingui/react/macro';
import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { getStatus, type ProviderStatus } from '#contract/system.ts';
import { call } from '../../call.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import classes from './legal.module.css';

const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: () => call(getStatus),
  refetchInterval: 20_000,
});

const signs = { well: IconCircleCheck, ailing: IconAlertTriangle, down: IconCircleX };
const colours = { well: 'var(--ml-ok)', ailing: 'var(--ml-held)', down: 'var(--ml-danger)' };

/** Whether each provider answers now (clause 3.6). */
export function StatusPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Status`} width="text">
      <Text mb="md" c="var(--ml-text-2)">
        <Trans>
          How the calls to each provider went last. A provider that does not answer is sent nothing until it
          is tried again, and what is not made costs nothing.
        </Trans>
      </Text>
      <Providers />
    </Page>
  );
}

function Providers() {
  const status = useQuery(statusQuery);
  if (status.isPending) return <Waiting what={<Trans>the status</Trans>} />;
  if (status.isError) return <ProblemAlert error={status.error} onRetry={() => void status.refetch()} />;
  return (
    <>
      <ul className={classes.items}>
        {status.data.providers.map((provider) => (
          <li key={provider.id}>
            <Provider provider={provider} />
          </li>
        ))}
      </ul>
      <Text size="sm" c="var(--ml-text-2)" mt="sm">
        <Trans>
          Seen at <When at={status.data.at} only="time" />
        </Trans>
      </Text>
    </>
  );
}

function Provider({ provider: { name, state, triedAgainAt } }: { provider: ProviderStatus }) {
  const { t } = useLingui();
  const words = { well: t`Answers`, ailing: t`Fails at times`, down: t`Does not answer` };
  const Sign = signs[state];
  return (
    <Group justify="space-between" gap="xs">
      <Text fw={500}>{name}</Text>
      <Group gap={6}>
        <Sign size={18} stroke={1.75} color={colours[state]} aria-hidden />
        <Text size="sm">
          {words[state]}
          {triedAgainAt !== null && (
            <>
              {' · '}
              <Trans>
                tried again at <When at={triedAgainAt} only="time" />
              </Trans>
            </>
          )}
        </Text>
      </Group>
    </Group>
  );
}
