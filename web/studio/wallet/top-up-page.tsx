import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Radio, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { createTopUp, TOP_UP_MAX_MICRO, TOP_UP_MIN_MICRO } from '#contract/wallet.ts';
import { call } from '../../call.ts';
import { Amount, balanceText } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { newId } from '../../ui/ids.ts';
import { LinkText } from '../../ui/link.tsx';
import { parseAmount, upToCent } from '../../ui/money.ts';
import { Page } from '../../ui/page.tsx';
import { walletQuery } from '../../ui/queries.ts';
import { AmountTile } from './amount-tile.tsx';
import classes from './wallet.module.css';

const route = getRouteApi('/member/wallet/top-up');
const usual = [5_000_000n, 10_000_000n, 20_000_000n, 50_000_000n];
const words = {
  'provider-fault': msg`The payment page did not open. You were not charged. Try again in a minute.`,
};

/** Choose a sum, then pay on the processor's page; its page leads back to the state of the top-up. */
export function TopUpPage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const missing = search.amount === undefined ? null : upToCent(BigInt(search.amount));
  const first = missing === null ? null : atLeast(missing);
  const [chosen, setChosen] = useState<string>(String(first ?? usual[0]));
  const [own, setOwn] = useState('');
  // One wish, one id: pressing again after a fault asks for the same top-up.
  const wish = useRef({ id: newId(), amountMicro: 0n });
  const amountMicro = chosen === 'own' ? parseAmount(own) : BigInt(chosen);
  const good = amountMicro !== null && amountMicro >= TOP_UP_MIN_MICRO && amountMicro <= TOP_UP_MAX_MICRO;
  const ask = useMutation({
    mutationFn: (sum: bigint) => {
      if (wish.current.amountMicro !== sum) wish.current = { id: newId(), amountMicro: sum };
      return call(createTopUp, { ...wish.current, returnTo: search.returnTo });
    },
    onSuccess: ({ id, checkoutUrl }) => location.assign(checkoutUrl ?? `/wallet/top-up/${id}`),
  });
  const sums = first === null || usual.includes(first) ? usual : [first, ...usual];
  return (
    <Page title={t`Add money`} width="form">
      <FormShell
        onSubmit={() => {
          if (good) ask.mutate(amountMicro);
        }}
        submitError={ask.error}
        problemWords={words}
        loading={ask.isPending || ask.isSuccess}
        submitDisabled={good ? undefined : <TooLittle />}
        submitLabel={
          good ? <Trans>Pay {balanceText(amountMicro)} by card</Trans> : <Trans>Pay by card</Trans>
        }
        fullWidth
        aside={
          <Text size="xs" c="dimmed">
            <Trans>
              You pay on our card processor’s page; we never see your card number. See the{' '}
              <LinkText to="/legal/$document" params={{ document: 'terms' }}>
                terms
              </LinkText>{' '}
              for refunds.
            </Trans>
          </Text>
        }
      >
        <Now />
        <Radio.Group label={t`How much`} value={chosen} onChange={setChosen}>
          <div className={classes.tiles}>
            {sums.map((sum) => (
              <AmountTile key={String(sum)} sum={sum} missing={missing} />
            ))}
            <Radio.Card value="own" className={classes.tile}>
              <span className={classes.tileSum}>
                <Trans>Another sum</Trans>
              </span>
            </Radio.Card>
          </div>
        </Radio.Group>
        {chosen === 'own' ? (
          <TextInput
            label={t`Sum in US dollars`}
            description={t`From $1 to $2,000.`}
            inputMode="decimal"
            leftSection="$"
            dir="ltr"
            value={own}
            onChange={(event) => setOwn(event.currentTarget.value)}
          />
        ) : null}
      </FormShell>
    </Page>
  );
}

function TooLittle() {
  return (
    <Text size="sm" c="var(--ml-text-2)">
      <Trans>Enter a sum from $1 to $2,000, such as 12.50.</Trans>
    </Text>
  );
}

function Now() {
  const wallet = useQuery(walletQuery).data;
  return (
    <Text size="sm" c="var(--ml-text-2)" mih={20}>
      {wallet ? (
        <Trans>
          You have <Amount micro={wallet.availableMicro} as="balance" /> available. Money in your wallet does
          not expire.
        </Trans>
      ) : null}
    </Text>
  );
}

const atLeast = (sum: bigint) => (sum < TOP_UP_MIN_MICRO ? TOP_UP_MIN_MICRO : sum);
