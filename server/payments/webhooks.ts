import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { isId, newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import type { Channel, Notice } from './channel.ts';
import type { Payments } from './check.ts';

/** One route per channel: raw bytes, signature, inbox, answer. The work is done by a job. */
export function webhookRoutes(app: FastifyInstance, payments: Payments): Promise<void> {
  return withRawBody(app, (scope) => {
    for (const channel of payments.channels)
      scope.post(channel.webhook.path, async (request, reply) => {
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const read = channel.webhook.read(raw, request.headers, new Date());
        if (read.is === 'forged') {
          payments.log.warn(
            { channel: channel.id, requestId: request.id, kind: read.why },
            'webhook refused',
          );
          throw new ProblemError('invalid-input', { detail: 'The signature is not good.' });
        }
        await keep(payments, channel, read);
        return reply.code(200).type('application/json').send('{"received":true}');
      });
  });
}

/** Keeps the notice under its unique key and adds the job with it; a repeated notice changes nothing. */
async function keep({ pools }: Payments, channel: Channel, notice: Notice): Promise<void> {
  const useful = notice.concernsTopUp && notice.live === channel.live;
  await asService(pools, async (tx) => {
    const id = newId();
    const kept = await tx
      .insertInto('payments.webhookInbox')
      .values({
        id,
        channel: channel.id,
        eventKey: notice.eventKey,
        kind: notice.kind,
        topUpId: notice.topUpId !== null && isId(notice.topUpId) ? notice.topUpId : null,
        sessionId: notice.sessionId,
        live: notice.live,
        ...(useful ? {} : { state: 'ignored', handledAt: new Date() }),
      })
      .onConflict((conflict) => conflict.columns(['channel', 'eventKey']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (kept === undefined || !useful) return;
    await sql`select mluen.add_job('payments.notice', ${JSON.stringify({ noticeId: id })}::json)`.execute(tx);
  });
}
