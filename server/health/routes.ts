import type { FastifyInstance } from 'fastify';
import { getSystem } from '#contract/system.ts';
import type { Pools } from '#server/database/connections.ts';
import { anyone } from '#server/http/guards.ts';
import { route } from '#server/http/route.ts';

export interface HealthDeps {
  pools: Pools;
  mode: 'sandbox' | 'production';
  sandboxed: string[];
  google: boolean;
  operator: string;
  mailIsKept: boolean;
  /** False while the process stops: a load balancer sends nothing more. */
  isOpen(): boolean;
}

/** Liveness (the process answers), readiness (it can serve), and what the web must know before anyone signs in. */
export function healthRoutes(app: FastifyInstance, deps: HealthDeps): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const ready = deps.isOpen() && (await databaseAnswers(deps.pools));
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
  route(app, getSystem, anyone, async () => ({
    mode: deps.mode,
    sandboxed: deps.sandboxed,
    google: deps.google,
    operator: deps.operator,
    mailbox: deps.mailIsKept && deps.mode === 'sandbox' ? '/console/mail' : null,
  }));
}

async function databaseAnswers(pools: Pools): Promise<boolean> {
  try {
    await pools.worker.query('select 1');
    return true;
  } catch {
    return false;
  }
}
