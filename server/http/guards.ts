import type { FastifyRequest } from 'fastify';
import type { StaffRole } from '#server/database/connections.ts';
import { ProblemError } from './problem.ts';

/** Decides whether a request may go on, and says in whose name. Throws a `ProblemError` otherwise. */
export type Guard<Context extends object> = (request: FastifyRequest) => Promise<Context>;

/** A signed-in person, as guards and handlers see it. */
export interface Session {
  id: string;
  memberId: string;
  role: 'member' | 'staff';
  /** Under which roles one of the staff may act; a member has none. */
  staffRoles: readonly StaffRole[];
  emailVerified: boolean;
  /** When the person last proved who they are: a sign-in, or the password again. */
  provedAt: Date;
}

/** Finds the session of a request. The members module implements it; the kit knows no module. */
export interface Sessions {
  sessionOf(request: FastifyRequest): Promise<Session | null>;
}

export interface SignedIn {
  memberId: string;
  session: Session;
}

/** The doors that a route may stand behind. */
export interface Guards {
  /** Any signed-in person. */
  member: Guard<SignedIn>;
  /** One whose e-mail address is confirmed: needed before money and generations. */
  verifiedMember: Guard<SignedIn>;
  /** One who proved who they are within the last ten minutes: for export, erasure, credentials (ASVS 7.5.1). */
  freshMember: Guard<SignedIn>;
  /** One of the staff. */
  staff: Guard<SignedIn>;
}

export const FRESH_FOR_MS = 10 * 60 * 1000;

/** Open to everyone, signed in or not. */
export const anyone: Guard<object> = async () => ({});

/** The guards over these sessions. `now` is for tests. */
export function createGuards(sessions: Sessions, now: () => number = Date.now): Guards {
  const member: Guard<SignedIn> = async (request) => {
    const session = await sessions.sessionOf(request);
    if (session === null) throw new ProblemError('not-signed-in');
    return { memberId: session.memberId, session };
  };
  return {
    member,
    verifiedMember: async (request) => {
      const signedIn = await member(request);
      if (!signedIn.session.emailVerified) throw new ProblemError('email-not-verified');
      return signedIn;
    },
    freshMember: async (request) => {
      const signedIn = await member(request);
      if (now() - signedIn.session.provedAt.getTime() > FRESH_FOR_MS)
        throw new ProblemError('fresh-sign-in-required');
      return signedIn;
    },
    staff: async (request) => {
      const signedIn = await member(request);
      if (signedIn.session.role !== 'staff') throw new ProblemError('not-allowed');
      return signedIn;
    },
  };
}
