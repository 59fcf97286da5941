import { type Letter, letter } from '#server/mail/letter.ts';
import type { Operator } from '#server/privacy/policy-pages.ts';
import type { TopUpRow } from './top-up.ts';

/** Says what was paid, to whom, and where it is now (clause 1.1: the operator's name and address). */
export function receiptLetter(topUp: TopUpRow, operator: Operator): Letter {
  const amount = amountOf(topUp.amountMicro, topUp.currency);
  const card = topUp.cardLast4 === null ? [] : [`Paid with: ${topUp.cardBrand} ending ${topUp.cardLast4}`];
  return letter({
    subject: `Receipt: ${amount} added to your wallet`,
    lines: [
      `${amount} is in your wallet.`,
      ...card,
      `Date: ${(topUp.settledAt ?? topUp.createdAt).toISOString().slice(0, 10)}`,
      `Top-up: ${topUp.id}`,
      `Paid to: ${[operator.name, operator.address].filter((part) => part !== null).join(', ')}`,
      ...(topUp.live ? [] : ['This was a sandbox payment: no real money moved.']),
    ],
    footnote:
      'You get this because money was added to your Mluen wallet. If it was not you, tell us at once.',
  });
}

/** `12.50 USD`: two digits, since a card takes no fraction of a cent. */
export function amountOf(micro: bigint, currency: string): string {
  return `${micro / 1_000_000n}.${String((micro % 1_000_000n) / 10_000n).padStart(2, '0')} ${currency}`;
}
