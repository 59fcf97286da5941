import { Trans } from '@lingui/react/macro';
import { Box } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getSpendLimit, setSpendLimit } from '#contract/wallet.ts';
import { call, type Reply } from '../../call.ts';
import { LinkText } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { LimitForm, LimitUse } from './limit-form.tsx';
import { Saved, Section } from './section.tsx';

const limitQuery = queryOptions({ queryKey: ['spend-limit'], queryFn: () => call(getSpendLimit) });

/** How much may be spent in a month, by the studio and all keys together. */
export function SpendingSection() {
  const limit = useQuery(limitQuery);
  return (
    <Section
      title={<Trans>Monthly limit</Trans>}
      lead={
        <Trans>
          What the studio and all your keys may spend together in a calendar month (UTC). It counts from the
          moment you set it; a run that could pass it is refused before it costs anything. Each key can have a
          limit of its own under <LinkText to="/settings/keys">API keys</LinkText>.
        </Trans>
      }
    >
      {limit.isPending ? <Waiting what={<Trans>your limit</Trans>} rows={2} /> : null}
      <ProblemAlert error={limit.error} onRetry={() => void limit.refetch()} />
      {limit.data ? <WalletLimit limit={limit.data} /> : null}
    </Section>
  );
}

function WalletLimit({ limit: { limitMicro, usedMicro } }: { limit: Reply<typeof getSpendLimit> }) {
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: (most: bigint | null) => call(setSpendLimit, { limitMicro: most }),
    onSuccess: (fresh) => cache.setQueryData(limitQuery.queryKey, fresh),
  });
  const limit = limitMicro === null ? null : { period: 'month' as const, limitMicro };
  return (
    <>
      {limit === null ? null : (
        <Box mb="md">
          <LimitUse limit={{ ...limit, usedMicro }} />
        </Box>
      )}
      <LimitForm
        key={limitMicro?.toString() ?? 'none'}
        limit={limit}
        periods={false}
        save={(asked) => save.mutate(asked?.limitMicro ?? null)}
        saving={save.isPending}
        error={save.error}
      />
      <Saved when={save.isSuccess}>
        <Trans>Saved. It holds from the next run on.</Trans>
      </Saved>
    </>
  );
}
