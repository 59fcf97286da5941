import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { MoneyOfMember } from '#contract/console-money.ts';
import { Amount } from '../../ui/amount.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/states.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import { Charges } from './charges.tsx';
import classes from './money.module.css';
import { Proposals } from './proposals.tsx';
import { ProposeForm } from './propose-form.tsx';
import { memberQuery } from './queries.ts';

/** One member's money: what is there, what was charged, and what finance may do about it. */
export function MemberMoneyPage() {
  const { t } = useLingui();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const money = useQuery(memberQuery(id));
  return (
    <Page title={t`A member’s money`}>
      <Text size="sm" c="var(--ml-text-2)" mb="md">
        <bdi dir="ltr">{id}</bdi>
      </Text>
      {money.isPending ? <Waiting what={<Trans>the wallet</Trans>} rows={3} height={76} /> : null}
      <Refusal error={money.error} onRetry={() => void money.refetch()} />
      {money.data ? <Shown money={money.data} /> : null}
    </Page>
  );
}

function Shown({ money }: { money: MoneyOfMember }) {
  const { memberId, owedMicro } = money;
  return (
    <>
      <Figures money={money} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <section>
            <Title order={2} size="h3" mb="xs">
              <Trans>Newest charges</Trans>
            </Title>
            <Charges money={money} />
          </section>
          <section>
            <Title order={2} size="h3" mb="xs">
              <Trans>Waiting for a second person</Trans>
            </Title>
            <Proposals state="waiting" memberId={memberId} none={<Trans>Nothing waits.</Trans>} />
          </section>
          <section>
            <Title order={2} size="h3" mb="xs">
              <Trans>Decided</Trans>
            </Title>
            <Proposals
              state="decided"
              memberId={memberId}
              none={<Trans>Nothing was decided about this wallet yet.</Trans>}
            />
          </section>
        </div>
        <div className={classes.column}>
          <ProposeForm kind="adjustment" memberId={memberId} />
          {owedMicro > 0n ? <ProposeForm kind="write_off" memberId={memberId} mostMicro={owedMicro} /> : null}
        </div>
      </div>
    </>
  );
}

function Figures({ money }: { money: MoneyOfMember }) {
  return (
    <dl className={`${shared.figures} ${classes.part}`}>
      <Figure name={<Trans>Available</Trans>} micro={money.availableMicro} />
      <Figure name={<Trans>Of it, a gift</Trans>} micro={money.promoMicro} />
      <Figure name={<Trans>Held</Trans>} micro={money.heldMicro} />
      <Figure name={<Trans>Owed to us</Trans>} micro={money.owedMicro} isAlarm={money.owedMicro > 0n}>
        {money.frozen ? (
          <Text size="xs" c="var(--ml-danger)">
            <Trans>Spending is stopped.</Trans>
          </Text>
        ) : null}
      </Figure>
    </dl>
  );
}

function Figure(props: { name: ReactNode; micro: bigint; isAlarm?: boolean; children?: ReactNode }) {
  return (
    <div className={shared.figure} data-alarm={props.isAlarm || undefined}>
      <dt>{props.name}</dt>
      <dd>
        <Amount micro={props.micro} as="balance" />
      </dd>
      {props.children ? <dd>{props.children}</dd> : null}
    </div>
  );
}
