import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import * as contract from '#contract/support.ts';
import { isId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { extensionOf } from '#server/generations/files.ts';
import type { Guards, SignedIn } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import * as child from './child.ts';
import { answer, assign, close, sealedThread, staffThread, tellAnswered } from './desk.ts';
import { namesOf } from './files.ts';
import type { At, Support } from './parts.ts';
import { queueOf } from './queue.ts';
import { end, extend } from './requests.ts';

interface Asked {
  params: { id: string };
  request: FastifyRequest;
  memberId: string;
  session: SignedIn['session'];
}

/** The desk: under the role support, and PostgreSQL refuses every other. */
export function supportConsoleRoutes(app: FastifyInstance, parts: Support, guards: Guards): void {
  const asSupport = <T>(staff: SignedIn, work: (tx: Tx<'support'>) => Promise<T>) =>
    asOneOfStaff(parts.pools, staff, ['support'], work);
  route(app, contract.listQueue, guards.staff, async ({ query, ...staff }) => {
    if (query.before !== undefined && !isId(query.before)) throw new ProblemError('invalid-input');
    return asSupport(staff, (tx) => queueOf(tx, query, new Date()));
  });
  route(app, contract.readThread, guards.staff, (asked) =>
    asSupport(asked, (tx) => staffThread(parts, tx, at(asked), asked.body.reason)),
  );
  route(app, contract.answerThread, guards.staff, (asked) =>
    asSupport(asked, (tx) => answer(parts, tx, at(asked), asked.body.text)),
  );
  route(app, contract.assignTicket, guards.staff, (asked) =>
    asSupport(asked, (tx) => assign(tx, at(asked), asked.body.assigneeId)),
  );
  route(app, contract.closeTicket, guards.staff, (asked) => asSupport(asked, (tx) => close(tx, at(asked))));
  route(app, contract.extendRequest, guards.staff, (asked) =>
    asSupport(asked, async (tx) => {
      await extend(tx, { ...at(asked), ...asked.body }, new Date());
      await tellAnswered(tx, asked.params.id);
    }),
  );
  route(app, contract.endRequest, guards.staff, (asked) =>
    asSupport(asked, async (tx) => {
      await end(tx, { ...at(asked), ...asked.body });
      await tellAnswered(tx, asked.params.id);
    }),
  );
  childRoutes(app, parts, guards);
  fileRoute(app, parts, guards);
}

function at({ params, request, memberId }: Asked): At {
  return { staffId: memberId, requestId: request.id, ticketId: params.id };
}

function childRoutes(app: FastifyInstance, parts: Support, guards: Guards): void {
  route(app, contract.suspendChild, guards.staff, async (asked) => {
    const { reason, address = await reportedAddress(parts, asked, reason) } = asked.body;
    await child.suspend(parts, asked, at(asked), { address, reason });
  });
  route(app, contract.liftChild, guards.staff, (asked) =>
    asOneOfStaff(parts.pools, asked, ['support'], (tx) => child.lift(tx, at(asked), asked.body.reason)),
  );
  route(app, contract.eraseChild, guards.staff, (asked) =>
    child.erase(parts, asked, at(asked), asked.body.reason),
  );
  route(app, contract.refundChild, guards.staff, (asked) =>
    asOneOfStaff(parts.pools, asked, ['finance'], (tx) => child.refund(tx, at(asked), asked.body.reference)),
  );
}

async function reportedAddress(parts: Support, asked: Asked, reason: string): Promise<string> {
  const { reportedAddress: told } = await asOneOfStaff(parts.pools, asked, ['support'], (tx) =>
    staffThread(parts, tx, at(asked), reason),
  );
  if (told === null)
    throw new ProblemError('not-possible-now', {
      detail: 'The report names no address. Ask for it, and enter the address of the account.',
    });
  return told;
}

const FileParams = z.object({ id: z.uuid(), fileId: z.uuid() });

/** What came with a message, for staff: written down as the words are, and only ever downloaded. */
function fileRoute(app: FastifyInstance, parts: Support, guards: Guards): void {
  app.get('/api/console/support/tickets/:id/files/:fileId', async (request, reply) => {
    const staff = await guards.staff(request);
    const params = FileParams.safeParse(request.params);
    if (!params.success) throw new ProblemError('not-found');
    const { id, fileId } = params.data;
    const asked = { staffId: staff.memberId, requestId: request.id, ticketId: id };
    const rows = await asOneOfStaff(parts.pools, staff, ['support'], (tx) =>
      sealedThread(tx, asked, 'opens a file that came with the message'),
    );
    const personId = rows[0]!.userId;
    const named = rows.some(({ fileIds }) => fileIds.includes(fileId));
    const file = named ? (await namesOf(parts, personId, [fileId])).get(fileId) : undefined;
    if (file === undefined) throw new ProblemError('not-found');
    const key = await parts.vault.keyOf(personId);
    return reply
      .type(file.mediaType)
      .header(
        'content-disposition',
        `attachment; filename="attachment-${fileId.slice(-6)}.${extensionOf(file.mediaType)}"`,
      )
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cache-control', 'no-store')
      .header('content-length', file.bytes)
      .send(parts.store.read(key, fileId, file.bytes));
  });
}
