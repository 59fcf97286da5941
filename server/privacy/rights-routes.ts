import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/privacy-rights.ts';
import { anyone, type Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { authorities } from './authorities.ts';
import { objectionsOf, objectTo, withdrawObjection } from './objection.ts';
import type { Privacy } from './parts.ts';

/** What a person may do about how data is used, beside export and erasure. */
export function rightsRoutes(app: FastifyInstance, parts: Privacy, guards: Guards): void {
  authorityRoutes(app);
  const objections = async (memberId: string) => ({ items: await objectionsOf(parts, memberId) });
  route(app, contract.listObjections, guards.member, ({ memberId }) => objections(memberId));
  route(app, contract.objectTo, guards.member, async ({ memberId, params, request }) => {
    if (!(await objectTo(parts, memberId, params.purpose, request.id))) throw new ProblemError('not-found');
    return objections(memberId);
  });
  route(app, contract.withdrawObjection, guards.member, async ({ memberId, params, request }) => {
    if (!(await withdrawObjection(parts, memberId, params.purpose, request.id)))
      throw new ProblemError('not-found');
    return objections(memberId);
  });
}

/** Open to everyone: whom to complain to is no secret between us and members. */
export function authorityRoutes(app: FastifyInstance): void {
  route(app, contract.listAuthorities, anyone, async () => ({ items: [...authorities] }));
}
