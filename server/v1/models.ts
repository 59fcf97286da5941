import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Parts } from '#server/generations/parts.ts';
import type { Operation } from '#server/providers/provider.ts';
import type { Callers } from './keys.ts';
import { refuseAsMessages } from './messages-errors.ts';
import { asMessagesModel, asOpenAiModel } from './model-rows.ts';
import { ApiError, answerError } from './openai-errors.ts';

const CALLABLE = new Set<Operation>(['text', 'image', 'speech', 'transcription', 'video']);

/**
 * `GET /v1/models` and `/v1/models/:id` in OpenAI's shape; for clients that send Anthropic's version header in theirs, with
 * the models that its messages can run.
 */
export function modelRoutes(app: FastifyInstance, parts: Parts, callers: Callers): void {
  const isMessages = ({ headers }: FastifyRequest) => headers['anthropic-version'] !== undefined;
  const models = (request: FastifyRequest) =>
    parts.catalogue
      .listModels(parts.routing.openProviders())
      // What these addresses can run; the other kinds are the studio's.
      .filter(({ kind }) => (isMessages(request) ? kind === 'text' : CALLABLE.has(kind)));
  const refuse = (request: FastifyRequest, reply: FastifyReply, error: ApiError) => {
    reply.hijack();
    (isMessages(request) ? refuseAsMessages : answerError)(reply.raw, error);
  };

  app.get('/v1/models', async (request, reply) => {
    if (!(await admitted(callers, request, (error) => refuse(request, reply, error)))) return reply;
    const found = models(request);
    const body = isMessages(request)
      ? pageOf(found.map(asMessagesModel), request.query as PageQuery)
      : { object: 'list', data: found.map(asOpenAiModel) };
    return reply.type('application/json').send(JSON.stringify(body));
  });
  app.get<{ Params: { '*': string } }>('/v1/models/*', async (request, reply) => {
    if (!(await admitted(callers, request, (error) => refuse(request, reply, error)))) return reply;
    const found = models(request).find(({ id }) => id === request.params['*']);
    if (found !== undefined) {
      const row = isMessages(request) ? asMessagesModel(found) : asOpenAiModel(found);
      return reply.type('application/json').send(JSON.stringify(row));
    }
    refuse(
      request,
      reply,
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

interface PageQuery {
  limit?: string;
  after_id?: string;
}

const PAGE = 20;
const PAGE_MOST = 1000;

function pageOf(rows: ReturnType<typeof asMessagesModel>[], { limit, after_id }: PageQuery) {
  const from = after_id === undefined ? 0 : rows.findIndex(({ id }) => id === after_id) + 1;
  const size = Math.min(PAGE_MOST, Math.max(1, Math.trunc(Number(limit ?? PAGE)) || PAGE));
  const data = rows.slice(from, from + size);
  return {
    data,
    has_more: from + size < rows.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

async function admitted(
  callers: Callers,
  request: FastifyRequest,
  refuse: (error: ApiError) => void,
): Promise<boolean> {
  try {
    await callers.callerOf(request.raw);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuse(error);
    return false;
  }
}
