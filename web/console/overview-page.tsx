import { Trans, useLingui } from '@lingui/react/macro';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getOverview } from '#contract/console.ts';
import { call, type Reply } from '../call.ts';
import { Amount } from '../ui/amount.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemAlert } from '../ui/problem.tsx';
import { Waiting } from '../ui/states.tsx';
import { numberText } from '../ui/when.tsx';
import classes from './console.module.css';

const overviewQuery = queryOptions({
  queryKey: ['console', 'overview'],
  queryFn: () => call(getOverview),
  refetchInterval: 10_000,
});

/** The business at a glance. */
export function OverviewPage() {
  const { t } = useLingui();
  const overview = useQuery(overviewQuery);
  return (
    <Page title={t`Overview`}>
      {overview.isPending ? <Waiting what={<Trans>the figures</Trans>} rows={3} height={76} /> : null}
      <ProblemAlert error={overview.error} onRetry={() => void overview.refetch()} />
      {overview.data ? <Figures data={overview.data} /> : null}
    </Page>
  );
}

function Figures({ data }: { data: Reply<typeof getOverview> }) {
  const { openHolds, unknownOutcomes } = data;
  return (
    <dl className={classes.figures}>
      <Count name={<Trans>Members</Trans>} count={data.members} />
      <Sum name={<Trans>In all wallets</Trans>} micro={data.walletsMicro} />
      <Sum name={<Trans>Held by {openHolds} open holds</Trans>} micro={data.heldMicro} />
      <Sum name={<Trans>Revenue</Trans>} micro={data.revenueMicro} />
      <Sum name={<Trans>Added today</Trans>} micro={data.topUpsTodayMicro} />
      <Count name={<Trans>Runs today</Trans>} count={data.generationsToday} />
      <Count name={<Trans>Failed today</Trans>} count={data.failedToday} />
      <Count
        name={<Trans>Outcomes unknown</Trans>}
        count={unknownOutcomes}
        isAlarm={unknownOutcomes !== null && unknownOutcomes > 0}
      />
    </dl>
  );
}

/** What a role may not see is not there. */
function Count({ count, ...figure }: { name: ReactNode; count: number | null; isAlarm?: boolean }) {
  return count === null ? null : <Figure {...figure}>{numberText(count)}</Figure>;
}

function Sum({ name, micro }: { name: ReactNode; micro: bigint | null }) {
  return micro === null ? null : (
    <Figure name={name}>
      <Amount micro={micro} as="balance" />
    </Figure>
  );
}

function Figure(props: { name: ReactNode; isAlarm?: boolean; children: ReactNode }) {
  return (
    <div className={classes.figure} data-alarm={props.isAlarm || undefined}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
