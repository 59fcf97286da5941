import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Text } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import type { Quote } from '#contract/generations.ts';
import { Amount, priceText } from '../../ui/amount.tsx';
import { LinkButton } from '../../ui/link.tsx';
import { upToCent } from '../../ui/money.ts';
import { useOnline } from '../../ui/strips.tsx';
import classes from './create.module.css';

interface PayButtonProps {
  quote: Quote | undefined;
  /** False while the price shown is not yet that of the form. */
  isSettled: boolean;
  loading: boolean;
  verb: 'send' | 'generate';
}

/** The one button that spends: it carries the price, or the sum that is missing. */
export function PayButton({ quote, isSettled, loading, verb }: PayButtonProps) {
  const { t } = useLingui();
  const online = useOnline();
  const returnTo = useRouterState({ select: (state) => state.location.href });
  if (quote !== undefined && quote.missingMicro > 0n) {
    const missing = upToCent(quote.missingMicro);
    const sum = priceText(missing);
    return (
      <LinkButton to="/wallet/top-up" search={{ amount: Number(missing), returnTo }}>
        {verb === 'send' ? <Trans>Add {sum} to send</Trans> : <Trans>Add {sum} to generate</Trans>}
      </LinkButton>
    );
  }
  const word = verb === 'send' ? t`Send` : t`Generate`;
  return (
    <Button type="submit" loading={loading} disabled={!isSettled || !online} className={classes.pay}>
      {quote === undefined ? word : <Priced word={word} quote={quote} />}
    </Button>
  );
}

function Priced({ word, quote }: { word: string; quote: Quote }) {
  const price = priceText(quote.boundMicro);
  return quote.exact ? (
    <>
      {word} · {price}
    </>
  ) : (
    <Trans>
      {word} · up to {price}
    </Trans>
  );
}

/** Below the button: what it usually costs, and what is missing when something is. */
export function PriceNote({ quote, isSettled }: { quote: Quote | undefined; isSettled: boolean }) {
  return (
    <Text
      size="xs"
      c="dimmed"
      mih={16}
      aria-live="polite"
      className={classes.note}
      data-old={!isSettled || undefined}
    >
      {quote?.changes.map((change) => (
        <span key={change}>{change} </span>
      ))}
      {quote === undefined ? null : quote.missingMicro > 0n ? (
        <Trans>
          This can cost <Amount micro={quote.boundMicro} />. You have{' '}
          <Amount micro={quote.availableMicro} as="balance" /> available and{' '}
          <Amount micro={quote.heldMicro} /> held.
        </Trans>
      ) : quote.exact ? (
        <Trans>Held when it starts, charged when it arrives. A failure costs nothing.</Trans>
      ) : (
        <Trans>
          Usually about <Amount micro={quote.usualMicro} />. At most <Amount micro={quote.boundMicro} /> is
          held; you pay what is used.
        </Trans>
      )}
    </Text>
  );
}
