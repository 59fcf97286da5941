import type { FastifyRequest } from 'fastify';
import { limitOf, networkOf } from '#server/http/limits.ts';

/**
 * Attempts are counted by account first. Networks get more: in many countries thousands of people share one address.
 * Accounts that do not exist are counted like others, so that the count tells nothing.
 */
const limits = () => ({
  /** Wrong passwords for one account from one network; a right one is not counted. */
  signIn: limitOf(5, 300),
  signInByAccount: limitOf(50, 3600),
  signInByNetwork: limitOf(100, 600),
  /** Mails to one address. */
  mail: limitOf(3, 60),
  mailByDay: limitOf(20, 24 * 3600),
  mailByNetwork: limitOf(60, 600),
  /** Codes tried for one address, over all codes. */
  code: limitOf(20, 3600),
  signUpByNetwork: limitOf(30, 600),
  ageByNetwork: limitOf(60, 600),
});
export type AuthLimits = ReturnType<typeof limits>;

export const createAuthLimits: () => AuthLimits = limits;

/** What counts for one action: each under its key. */
export type Counted = [limit: keyof AuthLimits, key: string][];

export const countedAs = {
  signIn: (request: FastifyRequest, email: string): Counted => [
    ['signIn', `${email} ${networkOf(request.ip)}`],
    ['signInByAccount', email],
    ['signInByNetwork', networkOf(request.ip)],
  ],
  mail: (request: FastifyRequest, email: string): Counted => [
    ['mail', email],
    ['mailByDay', email],
    ['mailByNetwork', networkOf(request.ip)],
  ],
  code: (_request: FastifyRequest, email: string): Counted => [['code', email]],
  signUp: (request: FastifyRequest, email: string): Counted => [
    ['signUpByNetwork', networkOf(request.ip)],
    ...countedAs.mail(request, email),
  ],
  age: (request: FastifyRequest): Counted => [['ageByNetwork', networkOf(request.ip)]],
};

/** Counts one attempt; throws `too-many-requests` when any of the counts is full. */
export async function take(limits: AuthLimits, counted: Counted): Promise<void> {
  for (const [limit, key] of counted) await limits[limit].take(key);
}

export async function giveBack(limits: AuthLimits, counted: Counted): Promise<void> {
  for (const [limit, key] of counted) await limits[limit].giveBack(key);
}
