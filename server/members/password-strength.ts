import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { ProblemError } from '#server/http/problem.ts';

/** Below this many guesses (as powers of ten) a password falls to a list of known ones, without any effort. */
const WEAK_BELOW_LOG10 = 6;

let estimator: ZxcvbnFactory | undefined;

/**
 * Whether a password is among the 49,000 most used that were published after breaches, or follows from one of them,
 * from the person's own name or address, or from a row of keys (ASVS 6.2.4, 6.2.12). Offline: nobody is asked.
 */
export function isEasilyGuessed(password: string, about: { email: string; displayName?: string }): boolean {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const [local = ''] = about.email.split('@');
  const own = [about.email, local, ...(about.displayName ?? '').split(/\s+/), 'mluen'];
  return estimator.check(password.slice(0, 256), own.filter(Boolean)).guessesLog10 < WEAK_BELOW_LOG10;
}

/** Refuses such a password, naming the field it came in. */
export function refuseGuessable(
  field: string,
  password: string,
  about: { email: string; displayName?: string },
): void {
  if (!isEasilyGuessed(password, about)) return;
  throw new ProblemError('invalid-input', {
    errors: [
      {
        path: field,
        message: 'This password is easily guessed. Take several words that do not belong together.',
      },
    ],
  });
}
