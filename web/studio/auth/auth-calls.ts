import { z } from 'zod';
import { reach } from '../../call.ts';

/** Better Auth's routes: no part of the contract, so called by hand. Refusals are problems, as everywhere. */
async function post(path: string, body: Record<string, unknown>): Promise<Response> {
  return reach(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function signIn(given: { email: string; password: string; rememberMe: boolean }): Promise<void> {
  await post('/sign-in/email', given);
}

export async function signOut(): Promise<void> {
  await post('/sign-out', {});
}

/** Sends a new code; answers the same for an unknown address. */
export async function sendCode(email: string): Promise<void> {
  await post('/email-otp/send-verification-otp', { email, type: 'email-verification' });
}

/** Confirms the address and signs in. */
export async function verifyCode(given: { email: string; otp: string }): Promise<void> {
  await post('/email-otp/verify-email', given);
}

/** Sends a code to set a new password; answers the same for an unknown address. */
export async function askReset(email: string): Promise<void> {
  await post('/email-otp/request-password-reset', { email });
}

export async function resetPassword(given: { email: string; otp: string; password: string }): Promise<void> {
  await post('/email-otp/reset-password', given);
}

/** Signs out every other device too. */
export async function changePassword(given: { currentPassword: string; newPassword: string }): Promise<void> {
  await post('/change-password', given);
}

export interface GoogleSignUp {
  agePass: string;
  marketing: boolean;
}

const Redirect = z.object({ url: z.url() });

/** Leaves for Google. With `signUp` a new account may be opened; without, only a known one signs in. */
export async function goToGoogle(next: string, signUp?: GoogleSignUp): Promise<void> {
  const response = await post('/sign-in/social', {
    provider: 'google',
    callbackURL: next,
    errorCallbackURL: '/sign-in',
    disableRedirect: true,
    ...(signUp === undefined
      ? {}
      : { requestSignUp: true, additionalData: { ...signUp, acceptTerms: true } }),
  });
  location.assign(Redirect.parse(await response.json()).url);
}
