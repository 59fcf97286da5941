import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as contract from '#contract/support.ts';
import { open } from '#server/artifacts/seal.ts';
import { isId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { anyone, type Guard, type Guards, type SignedIn } from '#server/http/guards.ts';
import { limitOf, networkOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { removeTicket } from './forget.ts';
import { isKeyOfThread } from './link.ts';
import type { Support } from './parts.ts';
import { prove } from './requests.ts';
import { type SecurityContact, securityTxt } from './security-txt.ts';
import { goOn, openTicket, textPlace, threadOf, visitorOf } from './tickets.ts';

const HOUR = 3600;
const PAGE = 50;
/** As long as the beginning of a message is shown in a list. */
const BEGINNING = 120;
/** Three attachments in base64, and the words. */
const BODY_MOST_BYTES = 3 * 6 * 1024 * 1024;

/** Attempts by who writes: a member alone, a visitor by network and by the address that would be mailed. */
const createLimits = () => ({
  member: limitOf(20, HOUR),
  network: limitOf(10, HOUR),
  address: limitOf(5, 24 * HOUR),
  thread: limitOf(20, HOUR),
  link: limitOf(300, HOUR),
});
type Limits = ReturnType<typeof createLimits>;

/** The contact page, for everyone (clause 1.2): a member is known by the session, a visitor gives an address. */
export function contactRoutes(
  app: FastifyInstance,
  parts: Support,
  guards: Guards,
  security: SecurityContact,
): void {
  const limits = createLimits();
  const options = { bodyLimit: BODY_MOST_BYTES };
  route(
    app,
    contract.writeToUs,
    perhapsSignedIn(guards),
    async ({ body, signedIn, request }) => {
      const memberId = signedIn?.memberId ?? null;
      refuseUnfit(body, memberId !== null);
      if (memberId !== null) await limits.member.take(memberId);
      else {
        await limits.network.take(networkOf(request.ip));
        await limits.address.take(body.address!.toLowerCase());
      }
      return openTicket(parts, memberId, body);
    },
    options,
  );
  memberRoutes(app, parts, guards, limits);
  linkRoutes(app, parts, limits);
  app.get('/.well-known/security.txt', async (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'public, max-age=86400')
      .send(securityTxt(security, new Date())),
  );
}

/** Who is signed in, or nobody. */
function perhapsSignedIn(guards: Guards): Guard<{ signedIn: SignedIn | null }> {
  return async (request) => {
    try {
      return { signedIn: await guards.member(request) };
    } catch (error) {
      if (error instanceof ProblemError && error.slug === 'not-signed-in') return { signedIn: null };
      throw error;
    }
  };
}

/** Nothing more is taken than an answer needs: no address of who is known, no country where no law is counted by it. */
function refuseUnfit(body: contract.NewTicket, isSignedIn: boolean): void {
  const errors: { path: string; message: string }[] = [];
  if (!isSignedIn && body.address === undefined)
    errors.push({ path: 'address', message: 'Needed to answer you, as you are not signed in.' });
  if (isSignedIn && body.address !== undefined)
    errors.push({ path: 'address', message: 'You are signed in: your account has it.' });
  if (body.topic === 'privacy' && body.right === undefined)
    errors.push({ path: 'right', message: 'Say what you ask for.' });
  if (body.topic !== 'privacy' && body.right !== undefined)
    errors.push({ path: 'right', message: 'Belongs to a privacy request.' });
  if ((body.topic !== 'privacy' || isSignedIn) && body.country !== undefined)
    errors.push({ path: 'country', message: 'Not needed here.' });
  if (body.topic !== 'child' && body.reportedAddress !== undefined)
    errors.push({ path: 'reportedAddress', message: 'Belongs to a report of a child’s account.' });
  if (errors.length > 0) throw new ProblemError('invalid-input', { errors });
}

function memberRoutes(app: FastifyInstance, parts: Support, guards: Guards, limits: Limits): void {
  route(app, contract.listTickets, guards.member, async ({ query, memberId }) => {
    if (query.before !== undefined && !isId(query.before)) throw new ProblemError('invalid-input');
    return ticketsOf(parts, memberId, query.before);
  });
  route(app, contract.getTicket, guards.member, ({ params, memberId }) =>
    asMember(parts.pools, memberId, (tx) => threadOf(parts, tx, memberId, params.id)),
  );
  route(
    app,
    contract.answerTicket,
    guards.member,
    async ({ params, body, memberId }) => {
      await limits.member.take(memberId);
      await goOn(parts, memberId, params.id, body);
      return asMember(parts.pools, memberId, (tx) => threadOf(parts, tx, memberId, params.id));
    },
    { bodyLimit: BODY_MOST_BYTES },
  );
}

async function ticketsOf(parts: Support, memberId: string, before: string | undefined) {
  const rows = await asMember(parts.pools, memberId, (tx) =>
    tx
      .selectFrom('support.ticket as ticket')
      .innerJoinLateral(
        (inner) =>
          inner
            .selectFrom('support.message as message')
            .select(({ fn }) => [fn.max('message.at').as('lastAt')])
            .whereRef('message.userId', '=', 'ticket.userId')
            .whereRef('message.ticketId', '=', 'ticket.id')
            .as('last'),
        (join) => join.onTrue(),
      )
      .innerJoinLateral(
        (inner) =>
          inner
            .selectFrom('support.message as message')
            .select(['message.id as firstId', 'message.textSealed'])
            .whereRef('message.userId', '=', 'ticket.userId')
            .whereRef('message.ticketId', '=', 'ticket.id')
            .orderBy('message.id')
            .limit(1)
            .as('first'),
        (join) => join.onTrue(),
      )
      .select(['ticket.id', 'topic', 'state', 'openedAt', 'lastAt', 'firstId', 'textSealed'])
      .$if(before !== undefined, (select) => select.where('ticket.id', '<', before!))
      .orderBy('ticket.id', 'desc')
      .limit(PAGE + 1)
      .execute(),
  );
  const key = rows.length === 0 ? null : await parts.vault.keyOf(memberId);
  const items = rows.slice(0, PAGE).map((row) => ({
    id: row.id,
    topic: row.topic as contract.Topic,
    state: row.state as contract.TicketSummary['state'],
    openedAt: row.openedAt.toISOString(),
    lastAt: (row.lastAt as Date).toISOString(),
    beginning: open(key!, textPlace(memberId, row.firstId), row.textSealed).toString().slice(0, BEGINNING),
  }));
  return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
}

/** By the link of the mail: whoever has it has the address, and reaches this one conversation and nothing else. */
function linkRoutes(app: FastifyInstance, parts: Support, limits: Limits): void {
  const person = async (request: FastifyRequest, { id, key }: { id: string; key: string }) => {
    await limits.link.take(networkOf(request.ip));
    const personId = isKeyOfThread(parts, id, key) ? await visitorOf(parts, id) : null;
    if (personId === null) throw new ProblemError('not-found');
    return personId;
  };
  const thread = (personId: string, id: string) =>
    asService(parts.pools, (tx) => threadOf(parts, tx, personId, id));
  route(app, contract.openByLink, anyone, async ({ body, request }) =>
    thread(await person(request, body), body.id),
  );
  route(
    app,
    contract.answerByLink,
    anyone,
    async ({ body, request }) => {
      const personId = await person(request, body);
      await limits.thread.take(body.id);
      await goOn(parts, personId, body.id, body);
      return thread(personId, body.id);
    },
    { bodyLimit: BODY_MOST_BYTES },
  );
  route(app, contract.proveByLink, anyone, async ({ body, request }) => {
    const personId = await person(request, body);
    await asService(parts.pools, (tx) => prove(tx, personId, body.id));
    return thread(personId, body.id);
  });
  route(app, contract.removeByLink, anyone, async ({ body, request }) => {
    await removeTicket(parts, await person(request, body), body.id, false);
  });
}
