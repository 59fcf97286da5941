import type { FastifyInstance } from 'fastify';
import { listRouteMargins } from '#contract/console.ts';
import {
  acknowledgeProvider,
  getRoutingWish,
  listAcknowledgements,
  setRoutingWish,
} from '#contract/generations.ts';
import { asMember } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { acknowledge, acknowledgementsOf, isCurrent } from './acknowledgement.ts';
import type { Parts } from './parts.ts';
import { routeMargins } from './route-margins.ts';
import { everyRegion, setWish, wishOf } from './routing-wish.ts';

const DAY_MS = 86_400_000;

/** What a person demands of the way, and whom they were told of. */
export function routingRoutes(app: FastifyInstance, parts: Parts, guards: Guards): void {
  route(app, getRoutingWish, guards.member, async ({ memberId }) => ({
    ...(await asMember(parts.pools, memberId, (tx) => wishOf(tx, memberId))),
    regions: everyRegion(parts),
  }));
  route(app, setRoutingWish, guards.member, ({ body, memberId }) => {
    const regions = everyRegion(parts);
    const region =
      body.region === null ? null : regions.find((each) => each.toLowerCase() === body.region!.toLowerCase());
    if (region === undefined)
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'region', message: `no route lies there: ${regions.join(', ')}` }],
      });
    return setWish(parts, memberId, { region, fallback: body.fallback });
  });
  route(app, listAcknowledgements, guards.member, async ({ memberId }) => {
    const rows = await asMember(parts.pools, memberId, (tx) => acknowledgementsOf(tx, memberId));
    return {
      items: rows.map((row) => ({ ...row, at: row.at.toISOString(), isCurrent: isCurrent(parts, row) })),
    };
  });
  route(app, listRouteMargins, guards.staff, async ({ query, ...staff }) => ({
    routes: await routeMargins(parts, staff, new Date(Date.now() - query.days * DAY_MS)),
  }));
  route(app, acknowledgeProvider, guards.member, ({ body, memberId }) => acknowledge(parts, memberId, body));
}
