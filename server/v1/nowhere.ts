import type { FastifyInstance } from 'fastify';
import type { Parts } from '#server/generations/parts.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { refuseAsGemini } from './gemini-errors.ts';
import { refuseAsMessages } from './messages-errors.ts';
import { ApiError, answerError } from './openai-errors.ts';
import { answering } from './text-route.ts';

/** Addresses of these APIs that we do not have, such as embeddings: a client reads the refusal in its own format. */
export async function nowhereRoutes(app: FastifyInstance, parts: Parts): Promise<void> {
  await withRawBody(app, (scope) => {
    for (const method of ['GET', 'POST', 'DELETE'] as const)
      for (const version of ['v1', 'v1beta'])
        answering(
          scope,
          parts,
          method,
          `/${version}/*`,
          (response, error, headers) => {
            const isMessages = response.req.headers['anthropic-version'] !== undefined;
            const refuse =
              version === 'v1beta' ? refuseAsGemini : isMessages ? refuseAsMessages : answerError;
            refuse(response, error, headers);
          },
          async (request) => {
            const [path = ''] = request.url.split('?');
            throw new ApiError(
              404,
              'invalid_request_error',
              'unknown_url',
              `There is no ${request.method} ${path.slice(0, 100)} here. There are /v1/chat/completions, /v1/responses, /v1/messages, /v1/images, /v1/audio, /v1/videos, /v1/models and /v1beta/models.`,
            );
          },
        );
  });
}
