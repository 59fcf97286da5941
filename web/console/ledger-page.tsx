import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, List, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { auditLedger, trialBalance } from '#contract/console.ts';
import { call } from '../call.ts';
import { Amount } from '../ui/amount.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemAlert } from '../ui/problem.tsx';
import { Waiting } from '../ui/states.tsx';
import { numberText } from '../ui/when.tsx';
import classes from './console.module.css';

const accountsQuery = queryOptions({
  queryKey: ['console', 'accounts'],
  queryFn: async () => (await call(trialBalance)).items,
});

type Account = Awaited<ReturnType<typeof call<typeof trialBalance>>>['items'][number];
type Audit = Awaited<ReturnType<typeof call<typeof auditLedger>>>;

/** Totals by account, and the audit that computes every balance anew. */
export function LedgerPage() {
  const { t } = useLingui();
  const accounts = useQuery(accountsQuery);
  const audit = useMutation({ mutationFn: () => call(auditLedger, { from: 'start' }) });
  return (
    <Page
      title={t`Ledger`}
      aside={
        <Button loading={audit.isPending} onClick={() => audit.mutate()}>
          <Trans>Check every balance</Trans>
        </Button>
      }
    >
      <div role="status">{audit.data ? <AuditResult audit={audit.data} /> : null}</div>
      <ProblemAlert error={audit.error ?? accounts.error} />
      {accounts.isPending ? <Waiting what={<Trans>the accounts</Trans>} rows={10} height={32} /> : null}
      {accounts.data ? <Accounts accounts={accounts.data} /> : null}
    </Page>
  );
}

function AuditResult({ audit }: { audit: Audit }) {
  const took = numberText(Math.round(audit.tookMs));
  return (
    <Alert color={audit.ok ? 'ok' : 'danger'} mb="md">
      <Text size="sm">
        {audit.ok ? <Trans>Everything agrees.</Trans> : <Trans>Something does not agree.</Trans>}{' '}
        <Trans>
          {numberText(audit.checkedTransfers)} transfers, {numberText(audit.checkedAccounts)} accounts, {took}{' '}
          ms.
        </Trans>
      </Text>
      {audit.findings.length === 0 ? null : (
        <List size="sm">
          {audit.findings.map((finding) => (
            <List.Item key={finding.invariant + finding.account + finding.transfer}>
              {finding.message}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

function Accounts({ accounts }: { accounts: Account[] }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={classes.scroll} aria-label={t`Accounts`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t`Code`}</th>
            <th scope="col">{t`Account`}</th>
            <th scope="col" className={classes.end}>{t`Debits`}</th>
            <th scope="col" className={classes.end}>{t`Credits`}</th>
            <th scope="col" className={classes.end}>{t`Debits held`}</th>
            <th scope="col" className={classes.end}>{t`Credits held`}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={`${account.code} ${account.currency}`}>
              <td>{account.code}</td>
              <td>
                {account.name} <span className={classes.quiet}>{account.currency}</span>
              </td>
              <Sum micro={account.debitsMicro} />
              <Sum micro={account.creditsMicro} />
              <Sum micro={account.debitsPendingMicro} />
              <Sum micro={account.creditsPendingMicro} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            <th scope="row">{t`Sum`}</th>
            <Sum micro={sumOf(accounts, 'debitsMicro')} />
            <Sum micro={sumOf(accounts, 'creditsMicro')} />
            <Sum micro={sumOf(accounts, 'debitsPendingMicro')} />
            <Sum micro={sumOf(accounts, 'creditsPendingMicro')} />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

type SumOf = 'debitsMicro' | 'creditsMicro' | 'debitsPendingMicro' | 'creditsPendingMicro';

/** Both sides of the books sum to the same, or something is wrong. */
function sumOf(accounts: Account[], side: SumOf): bigint {
  return accounts.reduce((sum, account) => sum + account[side], 0n);
}

function Sum({ micro }: { micro: bigint }) {
  return (
    <td className={classes.end}>
      <Amount micro={micro} as="balance" />
    </td>
  );
}
