import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Badge } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { StaffPayout, StaffRefund } from '#contract/console-payments.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import { payoutsQuery, refundsQuery } from './queries.ts';
import { Member, Row, Rows } from './rows.tsx';

const states: Record<StaffRefund['state'], MessageDescriptor> = {
  asked: msg`Asked`,
  pending: msg`On its way`,
  succeeded: msg`Paid back`,
  failed: msg`Failed`,
  returned: msg`Came back`,
};
const origins: Record<StaffRefund['origin'], MessageDescriptor> = {
  member: msg`asked by the member`,
  staff: msg`asked by staff`,
  processor: msg`made at the processor`,
};

/** Money that went back to cards. */
export function Refunds() {
  const { i18n } = useLingui();
  const refunds = useInfiniteQuery(refundsQuery);
  const items = refunds.data ?? [];
  return (
    <Rows of={refunds} none={items.length === 0}>
      {items.map((item) => (
        <Row
          key={item.id}
          lead={
            <>
              <When at={item.createdAt} /> · {i18n._(states[item.state])} · {i18n._(origins[item.origin])} ·{' '}
              <Member id={item.memberId} />
              {item.fault === null ? null : <bdi dir="ltr"> · {item.fault}</bdi>}
              {item.reason === null ? null : <bdi> · {item.reason}</bdi>}
            </>
          }
          sum={<Amount micro={item.amountMicro} as="balance" />}
        />
      ))}
    </Rows>
  );
}

/** Money that processors paid out. What they hold beside our rows is marked. */
export function Payouts() {
  const payouts = useInfiniteQuery(payoutsQuery);
  const items = payouts.data ?? [];
  return (
    <Rows of={payouts} none={items.length === 0}>
      {items.map((item) => (
        <Row
          key={item.id}
          lead={
            <>
              <When at={item.createdAt} /> · <bdi dir="ltr">{item.processorId}</bdi> ·{' '}
              <bdi dir="ltr">{item.bank}</bdi> <Marks item={item} />
            </>
          }
          sum={<Amount micro={item.amountMicro} as="balance" />}
        />
      ))}
    </Rows>
  );
}

function Marks({ item }: { item: StaffPayout }) {
  return (
    <>
      {item.state === 'returned' ? (
        <Badge color="danger">
          <Trans>The bank sent it back</Trans>
        </Badge>
      ) : null}
      {item.unexplainedMicro === 0n ? null : (
        <Badge color="danger">
          <Trans>
            Unexplained: <Amount micro={item.unexplainedMicro} as="balance" />
          </Trans>
        </Badge>
      )}
    </>
  );
}
