import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { checkTopUp, getTopUp, type TopUp } from '#contract/wallet.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { walletQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { RefundCard } from './refund-card.tsx';
import { TopUpSteps } from './top-up-steps.tsx';

const route = getRouteApi('/member/wallet/top-up/$id');
const isOpen = (state: TopUp['state']) => state === 'asked' || state === 'pending';

const topUpQuery = (id: string) =>
  queryOptions({
    queryKey: ['top-up', id],
    queryFn: () => call(getTopUp, { id }),
    // The processor tells the server; the page asks the server until it knows.
    refetchInterval: (query) => (query.state.data && isOpen(query.state.data.state) ? 2000 : false),
  });

/** A top-up on its way: where it is, who acts next, and the way back to what it was for. */
export function TopUpStatePage() {
  const { t } = useLingui();
  const { id } = route.useParams();
  const topUp = useQuery(topUpQuery(id));
  return (
    <Page title={t`Adding money`} width="form">
      {topUp.isPending ? <Waiting what={<Trans>the payment</Trans>} rows={3} height={44} /> : null}
      <ProblemAlert error={topUp.error} onRetry={() => void topUp.refetch()} />
      {topUp.data ? <State topUp={topUp.data} /> : null}
    </Page>
  );
}

function State({ topUp }: { topUp: TopUp }) {
  const cache = useQueryClient();
  // The balance in the bar is another query: it is fetched anew when the money has arrived.
  useEffect(() => {
    if (topUp.state === 'settled') void cache.invalidateQueries({ queryKey: walletQuery.queryKey });
  }, [topUp.state, cache]);
  return (
    <Stack gap="md">
      <Text size="sm" c="var(--ml-text-2)">
        <Amount micro={topUp.amountMicro} as="balance" /> · <When at={topUp.createdAt} />
      </Text>
      <TopUpSteps topUp={topUp} />
      <Next topUp={topUp} />
      {topUp.state === 'settled' ? <RefundCard topUpId={topUp.id} /> : null}
    </Stack>
  );
}

function Next({ topUp }: { topUp: TopUp }) {
  const { returnTo, cancelled } = route.useSearch();
  if (topUp.state === 'settled') {
    return (
      <Group>
        <LinkButton to={returnTo ?? '/create'}>
          {returnTo === undefined ? (
            <Trans>Make something</Trans>
          ) : (
            <Trans>Back to what you were making</Trans>
          )}
        </LinkButton>
        <LinkButton to="/wallet" variant="default">
          <Trans>See the wallet</Trans>
        </LinkButton>
      </Group>
    );
  }
  if (isOpen(topUp.state)) return <WhileOpen topUp={topUp} left={cancelled !== undefined} />;
  return (
    <Group>
      <LinkButton to="/wallet/top-up" search={{ amount: Number(topUp.amountMicro), returnTo }}>
        <Trans>Try again</Trans>
      </LinkButton>
      <LinkButton to="/wallet" variant="default">
        <Trans>See the wallet</Trans>
      </LinkButton>
    </Group>
  );
}

function WhileOpen({ topUp, left }: { topUp: TopUp; left: boolean }) {
  const cache = useQueryClient();
  const check = useMutation({
    mutationFn: () => call(checkTopUp, { id: topUp.id }),
    onSuccess: (fresh) => cache.setQueryData(topUpQuery(topUp.id).queryKey, fresh),
  });
  return (
    <Stack gap="xs">
      <Group>
        {topUp.checkoutUrl && topUp.state === 'asked' ? (
          <Button component="a" href={topUp.checkoutUrl} variant={left ? 'filled' : 'default'}>
            <Trans>Open the payment page</Trans>
          </Button>
        ) : null}
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          <Trans>Check now</Trans>
        </Button>
      </Group>
      <ProblemAlert error={check.error} />
    </Stack>
  );
}
