import type { FastifyInstance } from 'fastify';
import { newId } from '#server/database/ids.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { begin } from './begin.ts';
import { readChatRequest } from './chat-request.ts';
import { chatDialect } from './chat-writer.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { Callers } from './keys.ts';
import { ApiError, answerError } from './openai-errors.ts';

const BODY_MOST_BYTES = 20 * 1024 * 1024;

/**
 * `POST /v1/chat/completions` in OpenAI's wire format. The path is short on purpose (docs/decisions/hot-path.md):
 * the body is read once, the key comes from memory, hold and capture travel in shared commits, bytes pass through,
 * and the capture follows the answer.
 */
export async function chatRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
): Promise<void> {
  await withRawBody(app, (scope) => {
    scope.post('/v1/chat/completions', { bodyLimit: BODY_MOST_BYTES }, async (request, reply) => {
      reply.hijack();
      const response = reply.raw;
      const id = newId();
      try {
        const found = callers.callerOf(request.raw);
        const caller = found instanceof Promise ? await found : found;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const read = () => readChatRequest(parts, caller, id, body);
        const key = idempotencyKeyOf(request.raw);
        await begin(parts, runs, { caller, id, body, key, dialect: chatDialect, read }, response);
      } catch (error) {
        if (!(error instanceof ApiError))
          parts.log.error({ requestId: request.id, generationId: id, err: error }, 'a call of /v1 failed');
        answerError(
          response,
          error instanceof ApiError
            ? error
            : new ApiError(500, 'server_error', null, 'Something broke on our side. Nothing was charged.'),
          { 'x-request-id': request.id },
        );
      }
    });
  });
}
