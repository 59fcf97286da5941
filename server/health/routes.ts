import type { FastifyInstance } from 'fastify';
import { getStatus, getSystem } from '#contract/system.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { anyone } from '#server/http/guards.ts';
import { route } from '#server/http/route.ts';
import { booksState } from '#server/ledger/waiting.ts';
import { lateRequests } from '#server/support/clock.ts';
import { type SeenProvider, statusOf } from './status.ts';

export interface HealthDeps {
  pools: Pools;
  mode: 'sandbox' | 'production';
  sandboxed: string[];
  google: boolean;
  operator: string;
  mailIsKept: boolean;
  /** What is on offer, with what this process saw of it. */
  providers(): SeenProvider[];
  /** False while the process stops: a load balancer sends nothing more. */
  isOpen(): boolean;
}

const BOOKS_SECONDS = 60;
const REQUESTS_SECONDS = 60;
/** The auditor comes by each minute. */
const SOUND_MINUTES_MOST = 15;

/** Liveness (the process answers), readiness (it can serve), and what the web must know before anyone signs in. */
export function healthRoutes(app: FastifyInstance, deps: HealthDeps): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const ready = deps.isOpen() && (await databaseAnswers(deps.pools));
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
  // 503 when a currency is stopped or the books were not found sound for a while. Money that stays too long where it only
  // passes through is told beside it: somebody has to move it, and we go on.
  const books = remembered(BOOKS_SECONDS, () => asService(deps.pools, booksState));
  app.get('/health/books', async (_request, reply) => {
    const { late, soundAt, stopped } = await books();
    const fresh = soundAt !== null && Date.now() - Date.parse(soundAt) < SOUND_MINUTES_MOST * 60_000;
    return reply
      .code(fresh && stopped.length === 0 ? 200 : 503)
      .send({ soundAt, lateAccounts: late, stopped });
  });
  // 503 while an answer about data has not come in the time of the law (clause 9.9): somebody has to be woken.
  const requests = remembered(REQUESTS_SECONDS, () =>
    asService(deps.pools, (tx) => lateRequests(tx, new Date())),
  );
  app.get('/health/requests', async (_request, reply) => {
    const late = await requests();
    return reply.code(late.overdue === 0 ? 200 : 503).send(late);
  });
  route(app, getStatus, anyone, async () => ({
    at: new Date().toISOString(),
    providers: deps.providers().map(statusOf),
  }));
  route(app, getSystem, anyone, async () => ({
    mode: deps.mode,
    sandboxed: deps.sandboxed,
    google: deps.google,
    operator: deps.operator,
    mailbox: deps.mailIsKept && deps.mode === 'sandbox' ? '/console/mail' : null,
  }));
}

/** Anyone may ask as often as they like; the database is looked at once in so many seconds. */
function remembered<T>(seconds: number, ask: () => Promise<T>): () => Promise<T> {
  let until = 0;
  let answer: Promise<T> | null = null;
  return () => {
    if (answer === null || Date.now() > until) {
      until = Date.now() + seconds * 1000;
      answer = ask().catch((error: unknown) => {
        answer = null;
        throw error;
      });
    }
    return answer;
  };
}

async function databaseAnswers(pools: Pools): Promise<boolean> {
  try {
    await pools.worker.query('select 1');
    return true;
  } catch {
    return false;
  }
}
