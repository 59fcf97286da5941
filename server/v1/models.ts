import type { FastifyInstance } from 'fastify';
import type { Parts } from '#server/generations/parts.ts';
import type { Operation } from '#server/providers/provider.ts';
import type { Callers } from './keys.ts';
import { ApiError, answerError } from './openai-errors.ts';

const CALLABLE = new Set<Operation>(['text', 'image', 'speech', 'transcription']);

/** `GET /v1/models` and `/v1/models/:id` in OpenAI's shape. */
export function modelRoutes(app: FastifyInstance, parts: Parts, callers: Callers): void {
  const rows = () =>
    parts.catalogue
      .listModels(parts.routing.openProviders())
      // What these addresses can run; the other kinds are the studio's.
      .filter((model) => CALLABLE.has(model.kind))
      .map((model) => ({
        id: model.id,
        object: 'model',
        created: Math.floor(model.pricesFrom.getTime() / 1000),
        owned_by: model.providerId,
      }));
  app.get('/v1/models', async (request, reply) => {
    if (!(await admitted(callers, request.raw, reply.raw, () => reply.hijack()))) return reply;
    return reply.type('application/json').send(JSON.stringify({ object: 'list', data: rows() }));
  });
  app.get<{ Params: { '*': string } }>('/v1/models/*', async (request, reply) => {
    if (!(await admitted(callers, request.raw, reply.raw, () => reply.hijack()))) return reply;
    const found = rows().find((row) => row.id === request.params['*']);
    if (found !== undefined) return reply.type('application/json').send(JSON.stringify(found));
    reply.hijack();
    answerError(
      reply.raw,
      new ApiError(
        404,
        'invalid_request_error',
        'model_not_found',
        `The model \`${request.params['*'].slice(0, 100)}\` does not exist.`,
        { param: 'model' },
      ),
    );
    return reply;
  });
}

async function admitted(
  callers: Callers,
  request: Parameters<Callers['callerOf']>[0],
  response: Parameters<typeof answerError>[0],
  takeOver: () => void,
): Promise<boolean> {
  try {
    await callers.callerOf(request);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    takeOver();
    answerError(response, error);
    return false;
  }
}
