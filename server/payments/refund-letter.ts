import { type Letter, letter } from '#server/mail/letter.ts';
import { amountOf } from './receipt-letter.ts';

/** Tells how a refund to the card ended. */
export function refundLetter(
  refund: { id: string; topUpId: string; amountMicro: bigint; currency: string },
  ended: 'succeeded' | 'failed' | 'returned',
): Letter {
  const amount = amountOf(refund.amountMicro, refund.currency);
  const paid = ended === 'succeeded';
  return letter({
    subject: paid
      ? `Refund: ${amount} goes back to your card`
      : `Your refund of ${amount} did not go through`,
    lines: [
      paid
        ? `${amount} left your wallet and goes back to the card that paid it. Banks take up to ten days to show it.`
        : `The bank of your card did not take ${amount}. It is in your wallet.`,
      `Refund: ${refund.id}`,
      `Of top-up: ${refund.topUpId}`,
    ],
    footnote: 'You get this because money left your Mluen wallet. If it was not you, tell us at once.',
  });
}
