import { APIError, getOAuthState } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { readAgePass } from './age.ts';
import { type Opening, openMember } from './open-member.ts';
import { recordSignUp } from './sign-up-record.ts';

export interface GoogleClient {
  clientId: string;
  clientSecret: string;
  /** OpenID discovery document: Google's, or the simulator's in sandbox mode. */
  discoveryUrl: string;
}

/** Google by its discovery document, so that the simulator and the real one are the same to us. */
export function googleProvider({ clientId, clientSecret, discoveryUrl }: GoogleClient) {
  return genericOAuth({
    config: [
      {
        providerId: 'google',
        clientId,
        clientSecret,
        discoveryUrl,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
        requireEmailVerification: true,
        disableImplicitSignUp: true,
        disableProviderLogout: true,
        mapProfileToUser: ({ name, given_name, email }) => ({
          name: displayName(name ?? given_name ?? email),
          image: undefined,
        }),
      },
    ],
  });
}

function displayName(name: unknown): string {
  const text = typeof name === 'string' ? name.trim().slice(0, 80) : '';
  return text === '' ? 'Member' : text;
}

interface GoogleSignUpDeps {
  pools: Pools;
  secret: string;
  opening: Opening;
}

/** The account of a person who comes from Google: only with the age question answered before, and a confirmed address. */
export async function fromGoogle<U extends { emailVerified: boolean }>(secret: string, user: U) {
  const state = await getOAuthState();
  const pass = readAgePass(secret, String(state?.agePass ?? ''), new Date());
  if (pass === null) throw new APIError('FORBIDDEN', { code: 'age_check_needed' });
  if (state?.acceptTerms !== true) throw new APIError('FORBIDDEN', { code: 'acceptance_needed' });
  if (!user.emailVerified) throw new APIError('FORBIDDEN', { code: 'email_not_verified' });
  return { ...user, image: undefined, country: pass.country };
}

/** Records what the person said before the way to Google, and opens what a member has. */
export async function recordGoogleSignUp(deps: GoogleSignUpDeps, memberId: string): Promise<void> {
  const state = await getOAuthState();
  const pass = readAgePass(deps.secret, String(state?.agePass ?? ''), new Date());
  if (pass === null) return; // the pass ran out within this request: the banner asks for the acceptance
  await asIdentity(deps.pools, (tx) =>
    recordSignUp(tx, { memberId, pass, marketing: state?.marketing === true, form: 'google' }),
  );
  await openMember(deps.pools, deps.opening, memberId);
}
