import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { createRefund, listRefunds, type Refund } from '#contract/refunds.ts';
import { call } from '../../call.ts';
import { Amount, balanceText } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { newId } from '../../ui/ids.ts';
import { parseAmount, plainAmount } from '../../ui/money.ts';
import { walletQuery } from '../../ui/queries.ts';
import { When } from '../../ui/when.tsx';

const refundsQuery = (topUpId: string) =>
  queryOptions({ queryKey: ['refunds', topUpId], queryFn: () => call(listRefunds, { topUpId }) });

const states: Record<Refund['state'], MessageDescriptor> = {
  asked: msg`Waiting for the card processor`,
  pending: msg`On its way`,
  succeeded: msg`Sent to your card`,
  failed: msg`Did not go through; it is in your wallet`,
  returned: msg`Sent back by your bank; it is in your wallet`,
};
const words = {
  'not-possible-now': msg`That is more than is left of this payment. Look at the sum again.`,
};
const CENT = 10_000n;

/** Unspent cash of a payment goes back to the card that paid it; nothing is shown where nothing can. */
export function RefundCard({ topUpId }: { topUpId: string }) {
  const { i18n } = useLingui();
  const refunds = useQuery(refundsQuery(topUpId));
  if (refunds.data === undefined) return null;
  const { refundableMicro, items } = refunds.data;
  if (refundableMicro < CENT && items.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Title order={2} size="h4">
          <Trans>Back to your card</Trans>
        </Title>
        {items.length === 0 ? null : (
          <Stack gap="xs">
            {items.map((refund) => (
              <Text key={refund.id} size="sm">
                <Amount micro={refund.amountMicro} as="balance" /> · {i18n._(states[refund.state])} ·{' '}
                <When at={refund.endedAt ?? refund.createdAt} />
              </Text>
            ))}
          </Stack>
        )}
        {/* A new form when the rest changes, so that it begins with what can go back now. */}
        {refundableMicro < CENT ? null : (
          <RefundForm key={String(refundableMicro)} topUpId={topUpId} mostMicro={refundableMicro} />
        )}
      </Stack>
    </Paper>
  );
}

function RefundForm({ topUpId, mostMicro }: { topUpId: string; mostMicro: bigint }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [sum, setSum] = useState(plainAmount(mostMicro));
  // One wish, one id: pressing again after a fault asks for the same refund.
  const wish = useRef({ id: newId(), amountMicro: 0n });
  const amountMicro = parseAmount(sum);
  const good = amountMicro !== null && amountMicro > 0n && amountMicro <= mostMicro;
  const send = useMutation({
    mutationFn: (asked: bigint) => {
      if (wish.current.amountMicro !== asked) wish.current = { id: newId(), amountMicro: asked };
      return call(createRefund, { ...wish.current, topUpId });
    },
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: refundsQuery(topUpId).queryKey }),
        cache.invalidateQueries({ queryKey: walletQuery.queryKey }),
      ]),
  });
  return (
    <FormShell
      onSubmit={() => {
        if (good) send.mutate(amountMicro);
      }}
      submitError={send.error}
      problemWords={words}
      loading={send.isPending}
      submitDisabled={
        good ? undefined : (
          <Text size="sm" c="var(--ml-text-2)">
            <Trans>Enter a sum up to {balanceText(mostMicro)}.</Trans>
          </Text>
        )
      }
      submitLabel={good ? <Trans>Send {balanceText(amountMicro)} back</Trans> : <Trans>Send it back</Trans>}
    >
      <Text size="sm" c="var(--ml-text-2)">
        <Trans>
          <Amount micro={mostMicro} as="balance" /> of this payment is unspent and can go back to the card
          that paid it. Banks take up to ten days to show it.
        </Trans>
      </Text>
      <TextInput
        label={t`Sum in US dollars`}
        inputMode="decimal"
        leftSection="$"
        dir="ltr"
        value={sum}
        onChange={(event) => setSum(event.currentTarget.value)}
      />
    </FormShell>
  );
}
