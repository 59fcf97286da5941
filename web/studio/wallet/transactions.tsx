import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Title } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { listTransactions } from '#contract/wallet.ts';
import { call } from '../../call.ts';
import { LinkButton } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Empty, Waiting } from '../../ui/states.tsx';
import { TransactionRow } from './transaction-row.tsx';
import classes from './wallet.module.css';

const PAGE = 50;

const transactionsQuery = infiniteQueryOptions({
  // Below the wallet's own key, so that whoever refreshes the balance refreshes its rows too.
  queryKey: ['wallet', 'transactions'],
  queryFn: ({ pageParam }) => call(listTransactions, { before: pageParam, limit: PAGE }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

/** Every change of the wallet, newest first. */
export function Transactions() {
  const { t } = useLingui();
  const pages = useInfiniteQuery(transactionsQuery);
  return (
    <section aria-label={t`Changes of your wallet`}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3">
          <Trans>Every change</Trans>
        </Title>
        <LinkButton to="/wallet/statement" variant="default" size="xs">
          <Trans>Statement</Trans>
        </LinkButton>
      </Group>
      {pages.isPending ? <Waiting what={<Trans>your wallet</Trans>} rows={6} height={60} /> : null}
      <ProblemAlert error={pages.error} onRetry={() => void pages.refetch()} />
      <Rows rows={pages.data?.pages.flatMap((page) => page.items)} />
      {pages.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            <Trans>Show older changes</Trans>
          </Button>
        </Group>
      ) : null}
    </section>
  );
}

type Page = Awaited<ReturnType<typeof call<typeof listTransactions>>>;

function Rows({ rows }: { rows: Page['items'] | undefined }) {
  if (rows === undefined) return null;
  if (rows.length === 0) {
    return (
      <Empty
        title={<Trans>Nothing yet</Trans>}
        action={
          <LinkButton to="/wallet/top-up" search={{ amount: 5_000_000 }} variant="default">
            <Trans>Add $5</Trans>
          </LinkButton>
        }
      >
        <Trans>Add $5 and try a few models; it does not expire. Each charge will have its row here.</Trans>
      </Empty>
    );
  }
  return (
    <ul className={classes.rows}>
      {rows.map((row) => (
        <li key={row.id + row.kind}>
          <TransactionRow row={row} />
        </li>
      ))}
    </ul>
  );
}
