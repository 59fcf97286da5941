import type { FastifyInstance } from 'fastify';
import { ProblemError } from '#server/http/problem.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import type { Payments } from './check.ts';
import { keepNotice } from './inbox.ts';

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
        await keepNotice(payments, channel, read);
        return reply.code(200).type('application/json').send('{"received":true}');
      });
  });
}
