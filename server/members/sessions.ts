import bowser from 'bowser';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools, StaffRole } from '#server/database/connections.ts';
import { asIdentity, type Tx } from '#server/database/transaction.ts';
import type { Session, Sessions } from '#server/http/guards.ts';
import {
  type CookieJar,
  cookieOf,
  DAY_MS,
  hashToken,
  SESSION_DAYS,
  SESSION_MOST_DAYS,
  setCookie,
  tokenOf,
} from './session-token.ts';

export interface SessionDeps {
  pools: Pools;
  jar: CookieJar;
  secret: string;
  /** For tests. */
  now?: () => Date;
}

/** How much later than at the last note a person must be seen for it to be noted again. */
const NOTE_AFTER_MS = 5 * 60 * 1000;

/**
 * Finds the session of a request by its cookie, in the database each time: what is ended is dead everywhere at once
 * (clause 10.3). A session ends 7 days after it was last used and 30 days after the sign-in.
 */
export function openSessions(deps: SessionDeps): Sessions {
  const now = deps.now ?? (() => new Date());
  return {
    async sessionOf(request) {
      const token = tokenOf(request, deps.jar, deps.secret);
      if (token === null) return null;
      return asIdentity(deps.pools, async (tx) => {
        const row = await findSession(tx, token, now());
        if (row === undefined) return null;
        if (now().getTime() - row.updatedAt.getTime() > NOTE_AFTER_MS)
          await noteSeen(tx, request, deps, row, now());
        return {
          id: row.id,
          memberId: row.memberId,
          role: row.role as Session['role'],
          staffRoles: row.staffRoles as StaffRole[],
          emailVerified: row.emailVerified,
          provedAt: row.createdAt,
        };
      });
    },
  };
}

function findSession(tx: Tx<'identity'>, token: string, now: Date) {
  return tx
    .selectFrom('identity.session as session')
    .innerJoin('identity.member as member', 'member.id', 'session.userId')
    .select([
      'session.id',
      'session.createdAt',
      'session.updatedAt',
      'member.id as memberId',
      'member.role',
      'member.staffRoles',
      'member.emailVerified',
    ])
    .where('session.tokenHash', '=', hashToken(token))
    .where('session.expiresAt', '>', now)
    .where('session.createdAt', '>', new Date(now.getTime() - SESSION_MOST_DAYS * DAY_MS))
    .executeTakeFirst();
}

async function noteSeen(
  tx: Tx<'identity'>,
  request: FastifyRequest,
  { jar }: SessionDeps,
  row: { id: string; createdAt: Date },
  now: Date,
): Promise<void> {
  const last = row.createdAt.getTime() + SESSION_MOST_DAYS * DAY_MS;
  const expiresAt = new Date(Math.min(now.getTime() + SESSION_DAYS * DAY_MS, last));
  await tx
    .updateTable('identity.session')
    .set({ updatedAt: now, ...(forgetsAtClose(request, jar) ? {} : { expiresAt }) })
    .where('id', '=', row.id)
    .execute();
}

/** Gives the cookie another 7 days, as its session has. For answers that a page asks for at its start. */
export function renewCookie(request: FastifyRequest, reply: FastifyReply, jar: CookieJar): void {
  const value = cookieOf(request, `${jar.prefix}.session_token`);
  if (value === undefined || forgetsAtClose(request, jar)) return;
  reply.header('set-cookie', setCookie(jar, 'session_token', value, (SESSION_DAYS * DAY_MS) / 1000));
}

function forgetsAtClose(request: FastifyRequest, jar: CookieJar): boolean {
  return cookieOf(request, `${jar.prefix}.dont_remember`) !== undefined;
}

/** Where a person is signed in, newest first. */
export async function listSessions(pools: Pools, memberId: string, currentId: string) {
  const rows = await asIdentity(pools, (tx) =>
    tx
      .selectFrom('identity.session')
      .select(['id', 'createdAt', 'updatedAt', 'userAgent'])
      .where('userId', '=', memberId)
      .where('expiresAt', '>', new Date())
      .orderBy('createdAt', 'desc')
      .limit(100)
      .execute(),
  );
  return rows.map((row) => ({
    id: row.id,
    current: row.id === currentId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.updatedAt.toISOString(),
    ...describeAgent(row.userAgent ?? ''),
    country: null,
  }));
}

function describeAgent(agent: string): { browser: string; device: string } {
  if (agent === '') return { browser: 'Unknown', device: 'Unknown' };
  const { browser, os, platform } = bowser.parse(agent.slice(0, 512));
  return {
    browser: browser.name || 'Another program',
    device: [os.name, platform.type].filter(Boolean).join(', ') || 'Unknown',
  };
}

/** Signs one device out. False when the session is not the person's, or gone. */
export async function endSession(pools: Pools, memberId: string, sessionId: string): Promise<boolean> {
  return asIdentity(pools, async (tx) => {
    const ended = await tx
      .deleteFrom('identity.session')
      .where('userId', '=', memberId)
      .where('id', '=', sessionId)
      .returning('id')
      .executeTakeFirst();
    if (ended === undefined) return false;
    await recordAudit(tx, {
      action: 'session.end',
      actorId: memberId,
      subjectId: memberId,
      object: sessionId,
    });
    return true;
  });
}
