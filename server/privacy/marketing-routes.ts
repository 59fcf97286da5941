import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/privacy-marketing.ts';
import type { Pools } from '#server/database/connections.ts';
import { anyone, type Guards } from '#server/http/guards.ts';
import { limitOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { route } from '#server/http/route.ts';
import {
  askForMarketing,
  confirmMarketing,
  type Links,
  marketingOf,
  stopMarketing,
  withdrawMarketing,
} from './marketing.ts';

/** News by e-mail: off until it is asked for and confirmed, and stopped by one click (clause 4.2). */
export async function marketingRoutes(
  app: FastifyInstance,
  parts: { pools: Pools } & Links,
  guards: Guards,
): Promise<void> {
  const { pools } = parts;
  const asks = limitOf(3, 60 * 60);
  route(app, contract.getMarketing, guards.member, ({ memberId }) => marketingOf(pools, memberId));
  route(app, contract.askForMarketing, guards.verifiedMember, async ({ memberId }) => {
    await asks.take(memberId);
    await askForMarketing(pools, parts, memberId);
    return marketingOf(pools, memberId);
  });
  route(app, contract.withdrawMarketing, guards.member, async ({ memberId }) => {
    await withdrawMarketing(pools, memberId, 'settings');
    return marketingOf(pools, memberId);
  });
  route(app, contract.confirmMarketing, anyone, async ({ body }) => {
    if (!(await confirmMarketing(pools, parts, body.token))) throw new ProblemError('not-found');
  });
  route(app, contract.stopMarketing, anyone, async ({ body }) => {
    if (!(await stopMarketing(pools, parts, body.token))) throw new ProblemError('not-found');
  });
  await byMailPrograms(app, parts);
}

/**
 * RFC 8058: a mail program posts a form to the address of the header, without cookies and from wherever it is. The token
 * alone says whose consent it is. A GET, as scanners make, only shows the page with the button.
 */
async function byMailPrograms(app: FastifyInstance, parts: { pools: Pools } & Links): Promise<void> {
  await withRawBody(app, (scope) => {
    scope.post<{ Params: { token: string } }>(
      '/api/marketing/unsubscribe/:token',
      async ({ params }, reply) => {
        if (!(await stopMarketing(parts.pools, parts, params.token))) throw new ProblemError('not-found');
        return reply.type('text/plain; charset=utf-8').send('You get no more of this.');
      },
    );
    scope.get<{ Params: { token: string } }>('/api/marketing/unsubscribe/:token', async ({ params }, reply) =>
      reply.redirect(`/news/stop/${encodeURIComponent(params.token)}`, 303),
    );
  });
}
