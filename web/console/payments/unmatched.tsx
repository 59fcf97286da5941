import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Radio, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { decideUnmatched, type UnmatchedMoney } from '#contract/console-payments.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import { ReasonForm } from '../reason-form.tsx';
import { paymentsKey, unmatchedQuery } from './queries.ts';
import { Member, Row, Rows } from './rows.tsx';

const refusals: Record<string, MessageDescriptor> = {
  amount_differs: msg`Another sum than was asked for`,
  currency_differs: msg`Another currency than was asked for`,
  other_top_up: msg`The processor names another top-up`,
  receipt_used: msg`A second payment for one top-up`,
  failed_before: msg`It came after it had failed`,
};

/** Money that agrees with no quote: it goes to who paid it, or back to the card. */
export function Unmatched() {
  const money = useQuery(unmatchedQuery);
  const items = money.data ?? [];
  return (
    <Rows of={money} none={items.length === 0}>
      {items.map((item) => (
        <One key={item.id} item={item} />
      ))}
    </Rows>
  );
}

function One({ item }: { item: UnmatchedMoney }) {
  const { t, i18n } = useLingui();
  const why = refusals[item.refusal ?? 'receipt_used'];
  const cache = useQueryClient();
  // Another currency than a wallet's can only go back.
  const canCredit = item.currency === 'USD';
  const [to, setTo] = useState<string>(canCredit ? 'wallet' : 'card');
  const decide = useMutation({
    mutationFn: (reason: string) =>
      call(decideUnmatched, { id: item.id, to: to === 'wallet' ? 'wallet' : 'card', reason: reason.trim() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: paymentsKey }),
  });
  return (
    <Row
      lead={
        <>
          <When at={item.receivedAt} /> ·{' '}
          {why === undefined ? <bdi dir="ltr">{item.refusal}</bdi> : i18n._(why)} ·{' '}
          <Member id={item.memberId} />
        </>
      }
      sum={
        <>
          <Amount micro={item.amountMicro} as="balance" /> {canCredit ? null : item.currency}
        </>
      }
    >
      <Stack mt="sm">
        <ReasonForm
          lead={<Trans>Whose it is, you decide: it stands in no wallet yet.</Trans>}
          action={to === 'wallet' ? <Trans>Credit it</Trans> : <Trans>Send it back</Trans>}
          edit={decide}
          least={10}
          onSubmit={(reason) => decide.mutate(reason)}
        >
          <Radio.Group label={t`Where it goes`} value={to} onChange={setTo}>
            <Stack gap="xs" mt="xs">
              <Radio value="wallet" label={t`To the wallet of who paid it`} disabled={!canCredit} />
              <Radio value="card" label={t`Back to the card that paid it`} />
            </Stack>
          </Radio.Group>
        </ReasonForm>
      </Stack>
    </Row>
  );
}
