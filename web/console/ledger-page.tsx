import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Badge, Button, List, Text, TextInput } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  auditLedger,
  liftLedgerStop,
  listLedgerStops,
  listWaitingMoney,
  trialBalance,
} from '#contract/console.ts';
import { call } from '../call.ts';
import { Amount } from '../ui/amount.tsx';
import { FormShell } from '../ui/form-shell.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemAlert } from '../ui/problem.tsx';
import { Waiting } from '../ui/states.tsx';
import { numberText, When } from '../ui/when.tsx';
import classes from './console.module.css';

const accountsQuery = queryOptions({
  queryKey: ['console', 'accounts'],
  queryFn: async () => (await call(trialBalance)).items,
});

const waitingQuery = queryOptions({
  queryKey: ['console', 'waiting'],
  queryFn: async () => (await call(listWaitingMoney)).items,
});

const stopsQuery = queryOptions({
  queryKey: ['console', 'stops'],
  queryFn: async () => (await call(listLedgerStops)).items,
});

type Account = Awaited<ReturnType<typeof call<typeof trialBalance>>>['items'][number];
type Audit = Awaited<ReturnType<typeof call<typeof auditLedger>>>;

/** Totals by account, and the audit that computes every balance anew. */
export function LedgerPage() {
  const { t } = useLingui();
  const accounts = useQuery(accountsQuery);
  const waiting = useQuery(waitingQuery);
  const stops = useQuery(stopsQuery);
  const cache = useQueryClient();
  const audit = useMutation({
    mutationFn: () => call(auditLedger, { from: 'start' }),
    onSuccess: () => cache.invalidateQueries({ queryKey: stopsQuery.queryKey }),
  });
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
      <ProblemAlert error={audit.error ?? accounts.error ?? waiting.error ?? stops.error} />
      {stops.data?.map((stop) => (
        <Stopped key={stop.currency} stop={stop} />
      ))}
      {waiting.data && waiting.data.length > 0 ? (
        <div className={classes.apart}>
          <WaitingMoney items={waiting.data} />
        </div>
      ) : null}
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

type Stop = Awaited<ReturnType<typeof call<typeof listLedgerStops>>>['items'][number];

/** Nothing is posted in this currency until somebody has looked at what was found, and says so. */
function Stopped({ stop }: { stop: Stop }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const lift = useMutation({
    mutationFn: () => call(liftLedgerStop, { currency: stop.currency, reason: reason.trim() }),
    onSuccess: ({ items }) => cache.setQueryData(stopsQuery.queryKey, items),
  });
  const said = reason.trim().length >= 10;
  return (
    <Alert color="danger" mb="md" title={t`Payments in ${stop.currency} are stopped`}>
      <Text size="sm" mb="sm">
        <When at={stop.stoppedAt} /> · {stop.invariant}: <bdi>{stop.finding}</bdi>
      </Text>
      <FormShell
        onSubmit={() => {
          if (said) lift.mutate();
        }}
        submitError={lift.error}
        loading={lift.isPending}
        submitLabel={<Trans>Let payments go on</Trans>}
        submitDisabled={
          said ? undefined : (
            <Text size="sm">
              <Trans>Say first what was found and done; it stays in the audit log.</Trans>
            </Text>
          )
        }
      >
        <TextInput
          label={t`Reason`}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </FormShell>
    </Alert>
  );
}

function Accounts({ accounts }: { accounts: Account[] }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={classes.scroll} aria-label={t`Accounts`} tabIndex={0}>
      <table className={classes.table}>
        <caption className={classes.caption}>{t`Every account`}</caption>
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

type WaitingItem = Awaited<ReturnType<typeof call<typeof listWaitingMoney>>>['items'][number];

/** Money at processors and receipts without an owner: both should leave, and say so when they do not. */
function WaitingMoney({ items }: { items: WaitingItem[] }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={classes.scroll} aria-label={t`Money that should move on`} tabIndex={0}>
      <table className={classes.table}>
        <caption className={classes.caption}>{t`Money that should move on`}</caption>
        <thead>
          <tr>
            <th scope="col">{t`Code`}</th>
            <th scope="col">{t`Account`}</th>
            <th scope="col">{t`Since`}</th>
            <th scope="col">{t`Age`}</th>
            <th scope="col" className={classes.end}>{t`Balance`}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.code} ${item.label} ${item.currency}`}>
              <td>{item.code}</td>
              <td>
                {item.name} · {item.label} <span className={classes.quiet}>{item.currency}</span>
              </td>
              <td>
                {item.since === null ? t`Before the live months` : <When at={item.since} only="date" />}
              </td>
              <td>
                <Age item={item} />
              </td>
              <Sum micro={item.balanceMicro} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Age({ item }: { item: WaitingItem }) {
  const most = numberText(item.daysMost);
  if (item.isLate)
    return (
      <Badge color="danger" variant="light">
        {item.days === null ? (
          <Trans>Late: older than the live months, at most {most} days</Trans>
        ) : (
          <Trans>
            Late: {numberText(item.days)} days, at most {most}
          </Trans>
        )}
      </Badge>
    );
  return (
    <Trans>
      {numberText(item.days ?? 0)} of {most} days
    </Trans>
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
