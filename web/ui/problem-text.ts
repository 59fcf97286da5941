import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { ProblemSlug } from '#contract/problems.ts';
import { Refused } from '../call.ts';

/** What a person reads when something was refused: what happened, what it cost, what to do. */
export const problemTexts = {
  'invalid-input': msg`Something in this form is not right. Look at the marked fields.`,
  'not-signed-in': msg`Sign in to go on.`,
  'insufficient-funds': msg`There is not enough in your wallet. Add what is missing and try again.`,
  'cap-reached': msg`This would pass the spend limit that you set. Raise it in Settings → Spending or → API keys, or wait for the next month. Nothing was charged.`,
  'email-not-verified': msg`Confirm your e-mail address first: we have sent you a code.`,
  'not-allowed': msg`This is not open to your account.`,
  'fresh-sign-in-required': msg`Sign in again to do this: it has been a while.`,
  'acceptance-required': msg`Accept the current terms and privacy policy first.`,
  'account-restricted': msg`Your account is restricted. Reading, export and deletion still work.`,
  'processing-restricted': msg`You have stopped processing on your account. Lift it in Settings → Privacy to go on. Nothing was charged.`,
  'age-not-met': msg`You cannot open an account yet.`,
  'provider-not-acknowledged': msg`Look first at who this provider is and what it does with what you send.`,
  'not-found': msg`There is nothing here, or it is not yours.`,
  'already-exists': msg`This was already done.`,
  'not-possible-now': msg`This is not possible right now. Reload to see the present state.`,
  'price-changed': msg`The price has changed. Look at the new price and press again.`,
  'quote-expired': msg`The price you saw has expired. Look at the new price and press again.`,
  'no-route-in-region': msg`This provider is not reached in the region that you demand. Choose another model, or another region in Settings → Privacy.`,
  'code-unknown': msg`There is no such code. Look at each sign of it and try again.`,
  'code-redeemed-before': msg`You redeemed this code before. It works once for each account.`,
  'code-used-up': msg`This code was redeemed as often as it could be.`,
  'code-ended': msg`The time for redeeming this code is over.`,
  'too-large': msg`This is larger than what is accepted here.`,
  'unsupported-file': msg`This kind of file is not accepted here.`,
  'damaged-file': msg`This file is cut short or damaged.`,
  'unsafe-file': msg`This file could harm whoever opens it, and was not stored.`,
  'too-many-requests': msg`Too many attempts. Wait a minute and try again.`,
  'server-error': msg`Something broke on our side. Nothing was charged. Try again.`,
  'provider-fault': msg`The other side could not do this. You were not charged. Try again in a minute.`,
  'posting-paused': msg`Payments are paused while we check our books. Nothing was charged, and your balance is safe. Try again later.`,
  'not-ready': msg`We are starting up. Try again in a moment.`,
} satisfies Record<ProblemSlug, MessageDescriptor>;

const unreachable = msg`We could not reach Mluen. Nothing was charged. Check your connection and try again.`;

export function problemText(error: unknown): MessageDescriptor {
  return error instanceof Refused ? problemTexts[error.slug] : unreachable;
}

export function requestId(error: unknown): string | undefined {
  return error instanceof Refused ? error.problem.instance : undefined;
}
