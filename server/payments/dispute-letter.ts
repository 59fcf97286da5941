import { type Letter, letter } from '#server/mail/letter.ts';
import type { DisputeState } from './dispute-states.ts';
import type { MoneyInRow } from './money-in.ts';
import type { ProcessorDispute } from './processor-books.ts';
import { amountOf } from './receipt-letter.ts';

/** Tells what a dispute means for the wallet, at each of its steps. */
export function disputeLetter(state: DisputeState, said: ProcessorDispute, moneyIn: MoneyInRow): Letter {
  const { subject, lines } = wordsOf(state, amountOf(said.takenMicro || said.amountMicro, moneyIn.currency));
  return letter({
    subject,
    lines: [...lines, `Top-up: ${moneyIn.topUpId}`],
    footnote:
      'You get this because of a payment into your Mluen wallet. Answer this mail if you have questions.',
  });
}

function wordsOf(state: DisputeState, amount: string): { subject: string; lines: string[] } {
  switch (state) {
    case 'warned':
      return {
        subject: 'Your bank asks about a payment to your wallet',
        lines: [
          `The bank of your card asks about your payment, or reports it as not yours: ${amount}.`,
          'Until this is clear, nothing can be spent from your wallet. Nothing was taken from it.',
        ],
      };
    case 'opened':
      return {
        subject: `A payment of your wallet is disputed: ${amount}`,
        lines: [
          `The bank of your card took back ${amount} while it looks at the payment.`,
          'What is left of it in your wallet is set aside, and nothing can be spent until the bank has decided.',
          'If you did not mean to dispute it, tell your bank: it can withdraw the dispute.',
        ],
      };
    case 'won':
      return {
        subject: `The dispute about ${amount} has ended`,
        lines: ['The payment stands. What was set aside is back in your wallet.'],
      };
    case 'lost':
      return {
        subject: `The dispute about ${amount} has ended`,
        lines: [
          `Your bank gave ${amount} back to you. It is taken from your wallet.`,
          'Where the wallet held less than that, the rest is owed, and is paid from your next top-up before you can spend again.',
        ],
      };
    case 'cleared':
      return {
        subject: 'A question about a payment of your wallet is settled',
        lines: ['Your bank has no more questions. Nothing was taken from your wallet.'],
      };
    default:
      return state satisfies never;
  }
}
