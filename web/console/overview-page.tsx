import { Trans, useLingui } from '@lingui/react/macro';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getOverview } from '#contract/console.ts';
import { call } from '../call.ts';
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

function Figures({ data }: { data: Awaited<ReturnType<typeof call<typeof getOverview>>> }) {
  return (
    <dl className={classes.figures}>
      <Figure name={<Trans>Members</Trans>}>{numberText(data.members)}</Figure>
      <Figure name={<Trans>In all wallets</Trans>}>
        <Amount micro={data.walletsMicro} as="balance" />
      </Figure>
      <Figure name={<Trans>Held by {data.openHolds} open holds</Trans>}>
        <Amount micro={data.heldMicro} />
      </Figure>
      <Figure name={<Trans>Revenue</Trans>}>
        <Amount micro={data.revenueMicro} as="balance" />
      </Figure>
      <Figure name={<Trans>Added today</Trans>}>
        <Amount micro={data.topUpsTodayMicro} as="balance" />
      </Figure>
      <Figure name={<Trans>Runs today</Trans>}>{numberText(data.generationsToday)}</Figure>
      <Figure name={<Trans>Failed today</Trans>}>{numberText(data.failedToday)}</Figure>
      <Figure name={<Trans>Outcomes unknown</Trans>} isAlarm={data.unknownOutcomes > 0}>
        {numberText(data.unknownOutcomes)}
      </Figure>
    </dl>
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
