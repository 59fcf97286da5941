import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Box } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { clearWarning, type StaffDispute } from '#contract/console-payments.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import { ReasonForm } from '../reason-form.tsx';
import { disputesQuery, paymentsKey } from './queries.ts';
import { Member, Row, Rows } from './rows.tsx';

const states: Record<StaffDispute['state'], MessageDescriptor> = {
  warned: msg`The bank asks; nothing was taken`,
  opened: msg`The sum was taken`,
  won: msg`Won`,
  lost: msg`Lost`,
  cleared: msg`Cleared`,
};

/** Cases at the banks. While one is open, the member cannot spend. */
export function Disputes() {
  const disputes = useInfiniteQuery(disputesQuery);
  const items = disputes.data ?? [];
  return (
    <Rows of={disputes} none={items.length === 0}>
      {items.map((item) => (
        <One key={item.id} item={item} />
      ))}
    </Rows>
  );
}

function One({ item }: { item: StaffDispute }) {
  const { i18n } = useLingui();
  return (
    <Row
      lead={
        <>
          <When at={item.createdAt} /> ·{' '}
          {item.kind === 'warning' ? <Trans>Warning of fraud</Trans> : <Trans>Dispute</Trans>} ·{' '}
          {i18n._(states[item.state])} · <Member id={item.memberId} />
          {item.answerBy === null || item.endedAt !== null ? null : (
            <>
              {' · '}
              <Trans>
                Answer at the processor by <When at={item.answerBy} />
              </Trans>
            </>
          )}
        </>
      }
      sum={<Amount micro={item.amountMicro} as="balance" />}
    >
      {item.kind === 'warning' && item.state === 'warned' ? <Clear id={item.id} /> : null}
    </Row>
  );
}

function Clear({ id }: { id: string }) {
  const cache = useQueryClient();
  const clear = useMutation({
    mutationFn: (reason: string) => call(clearWarning, { disputeId: id, reason: reason.trim() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: paymentsKey }),
  });
  return (
    <Box mt="sm">
      <ReasonForm
        lead={<Trans>The member cannot spend until you have looked, or the card is refunded.</Trans>}
        action={<Trans>Let them spend again</Trans>}
        edit={clear}
        least={10}
        onSubmit={(reason) => clear.mutate(reason)}
      />
    </Box>
  );
}
