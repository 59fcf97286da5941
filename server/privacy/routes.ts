import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/privacy.ts';
import { isId } from '#server/database/ids.ts';
import { anyone, FRESH_FOR_MS, type Guards, type Session } from '#server/http/guards.ts';
import { type Limit, limitOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { rangeOf } from '#server/http/range.ts';
import { route } from '#server/http/route.ts';
import { cookieRegistry } from './cookies.ts';
import { askForErasure, cancelErasure, previewErasure } from './erasure/ask.ts';
import { findCertificate } from './erasure/certificate.ts';
import { askForExport, findExport, listExports } from './exports.ts';
import type { Privacy } from './parts.ts';
import { policyPage } from './policy-pages.ts';
import { lift, restrict, restrictionsOf } from './restriction.ts';
import { rightsRoutes } from './rights-routes.ts';
import { subprocessorRoutes } from './subprocessor-routes.ts';

export function privacyRoutes(app: FastifyInstance, parts: Privacy, guards: Guards): void {
  publicRoutes(app, parts);
  exportRoutes(app, parts, guards);
  erasureRoutes(app, parts, guards);
  restrictionRoutes(app, parts, guards);
  rightsRoutes(app, parts, guards);
  subprocessorRoutes(app, parts, guards);
}

function publicRoutes(app: FastifyInstance, parts: Privacy): void {
  route(app, contract.getPolicy, anyone, async ({ params }) =>
    policyPage(parts.policies, parts.operator, params.document),
  );
  route(app, contract.listCookies, anyone, async () => ({ items: [...cookieRegistry] }));
  route(app, contract.getCertificate, anyone, async ({ params }) => {
    const certificate = await findCertificate(parts, params.id);
    if (certificate === null) throw new ProblemError('not-found');
    return certificate;
  });
}

function exportRoutes(app: FastifyInstance, parts: Privacy, guards: Guards): void {
  route(app, contract.askForExport, guards.freshMember, async ({ memberId, request }) => {
    const asked = await askForExport(parts, memberId, request.id);
    if ('waitMs' in asked)
      throw new ProblemError('too-many-requests', {
        detail: 'You can have one export a day. The last one is in the list.',
        retryAfterSeconds: Math.ceil(asked.waitMs / 1000),
      });
    return asked;
  });
  route(app, contract.listExports, guards.member, async ({ memberId }) => ({
    items: await listExports(parts, memberId),
  }));
  app.get<{ Params: { id: string } }>('/api/privacy/exports/:id/file', async (request, reply) => {
    const { memberId } = await guards.freshMember(request);
    const found = isId(request.params.id) ? await findExport(parts, memberId, request.params.id) : null;
    if (found === null) throw new ProblemError('not-found');
    const range = rangeOf(request.headers.range, found.bytes);
    if (range === 'unsatisfiable')
      return reply.code(416).header('content-range', `bytes */${found.bytes}`).send();
    const key = await parts.vault.keyOf(memberId);
    reply
      .type('application/zip')
      .header(
        'content-disposition',
        `attachment; filename="mluen-${found.askedAt.toISOString().slice(0, 10)}.zip"`,
      )
      .header('cache-control', 'no-store')
      .header('accept-ranges', 'bytes');
    if (range !== null)
      reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${found.bytes}`);
    const { start, end } = range ?? { start: 0, end: found.bytes - 1 };
    return reply
      .header('content-length', end - start + 1)
      .send(parts.store.read(key, request.params.id, found.bytes, { start, end }));
  });
}

function erasureRoutes(app: FastifyInstance, parts: Privacy, guards: Guards): void {
  const guesses = limitOf(5, 15 * 60);
  route(app, contract.previewErasure, guards.member, ({ memberId }) =>
    previewErasure(parts, memberId, new Date()),
  );
  route(app, contract.askForErasure, guards.member, async ({ memberId, session, body, request }) => {
    await refuseUnproved(parts, session, body.password, guesses);
    const asked = await askForErasure(parts, {
      memberId,
      sessionId: session.id,
      now: body.now,
      requestId: request.id,
    });
    if ('refused' in asked)
      throw new ProblemError('not-possible-now', {
        detail: 'A payment of yours is on its way. Wait until it has arrived or failed, then ask again.',
      });
    return { erasureAt: asked.erasureAt.toISOString() };
  });
  route(app, contract.cancelErasure, guards.member, async ({ memberId, request }) => {
    if (!(await cancelErasure(parts, memberId, request.id))) throw new ProblemError('not-found');
  });
}

function restrictionRoutes(app: FastifyInstance, { pools }: Privacy, guards: Guards): void {
  route(app, contract.listRestrictions, guards.member, async ({ memberId }) => ({
    items: await restrictionsOf(pools, memberId),
  }));
  route(app, contract.restrictProcessing, guards.member, async ({ memberId, request }) => {
    await restrict(pools, memberId, request.id);
    return { items: await restrictionsOf(pools, memberId) };
  });
  // Whoever finds a session open must not undo what its owner stopped.
  route(app, contract.liftRestriction, guards.freshMember, async ({ memberId, params, request }) => {
    if (!(await lift(pools, memberId, params.cause, request.id))) throw new ProblemError('not-found');
    return { items: await restrictionsOf(pools, memberId) };
  });
}

/** A stolen session must not erase anybody: a sign-in of the last minutes, or the password again. */
async function refuseUnproved(
  { members }: Privacy,
  session: Session,
  password: string | undefined,
  guesses: Limit,
): Promise<void> {
  if (Date.now() - session.provedAt.getTime() <= FRESH_FOR_MS) return;
  if (password === undefined) throw new ProblemError('fresh-sign-in-required');
  await guesses.take(session.memberId);
  if (!(await members.isPasswordOf(session.memberId, password)))
    throw new ProblemError('fresh-sign-in-required', { detail: 'That is not your password.' });
}
