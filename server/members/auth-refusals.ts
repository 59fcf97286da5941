import type { ProblemSlug } from '#contract/problems.ts';
import { ProblemError } from '#server/http/problem.ts';

/** Better Auth's refusals as ours. What is not listed goes by its status. */
const refusals: Record<string, [slug: ProblemSlug, detail: string]> = {
  INVALID_EMAIL_OR_PASSWORD: ['not-signed-in', 'E-mail address or password is wrong.'],
  EMAIL_NOT_VERIFIED: ['email-not-verified', 'Confirm your e-mail address first: ask for a code.'],
  INVALID_OTP: ['invalid-input', 'This code is wrong or no longer good.'],
  OTP_EXPIRED: ['invalid-input', 'This code is wrong or no longer good.'],
  USER_NOT_FOUND: ['invalid-input', 'This code is wrong or no longer good.'],
  TOO_MANY_ATTEMPTS: ['too-many-requests', 'This code was tried too often. Ask for a new one.'],
  INVALID_PASSWORD: ['invalid-input', 'Your present password is wrong.'],
  CREDENTIAL_ACCOUNT_NOT_FOUND: [
    'not-possible-now',
    'This account has no password yet. Set one by “forgotten password”.',
  ],
  PROVIDER_NOT_FOUND: ['not-possible-now', 'Sign-in through Google is not available now.'],
  SESSION_NOT_FRESH: ['fresh-sign-in-required', 'Sign in again to do this.'],
};

const byStatus: Record<number, ProblemSlug> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  429: 'too-many-requests',
};

/** The refusal for an answer of Better Auth; a plain error for what broke inside. */
export function refusalOf(status: number, text: string): Error {
  if (status >= 500) return new Error(`sign-in answered ${status}`);
  const known = refusals[codeOf(text)];
  if (known !== undefined) return new ProblemError(known[0], { detail: known[1] });
  return new ProblemError(byStatus[status] ?? 'invalid-input');
}

function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return String(code);
  } catch {
    return '';
  }
}
