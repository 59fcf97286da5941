import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newId } from '#server/database/ids.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { ProblemError } from '#server/http/problem.ts';
import { begin } from './begin.ts';
import { type ChatRequest, chatRequestOf, jsonOf } from './chat-request.ts';
import type { Dialect } from './held-call.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { Callers } from './keys.ts';
import { ApiError } from './openai-errors.ts';
import { apiErrorOf } from './problem-error.ts';

/** A request put into the common dialect, and how its answer is to be written. */
export interface Translated {
  /** In the words of OpenAI's chat completions. */
  asked: Record<string, unknown>;
  dialect: Dialect;
}

export interface TextRoute {
  path: string;
  refuse: Dialect['refuse'];
  /** Throws `ApiError` for what is not valid. */
  translated(body: Record<string, unknown>, request: FastifyRequest): Translated;
}

/** Largest body of a text call: as Anthropic takes it; files travel inside. */
const TEXT_BODY_MOST_BYTES = 32 * 1024 * 1024;

/** A text endpoint of another dialect, on the pipeline of chat completions. Within `withRawBody`. */
export function textRoute(
  scope: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
  { path, refuse, translated }: TextRoute,
): void {
  answering(scope, parts, 'POST', path, refuse, async (request, response, id) => {
    const caller = await callers.callerOf(request.raw);
    const body = bodyOf(request);
    const { asked, dialect } = translated(jsonOf(body), request);
    const read = (): ChatRequest => chatRequestOf(parts, caller, id, asked);
    await begin(
      parts,
      runs,
      { caller, id, body: placed(request, body), key: idempotencyKeyOf(request.raw), dialect, read },
      response,
    );
  });
}

type Answer = (request: FastifyRequest, response: ServerResponse, id: string) => Promise<void>;

/** A route whose refusals, ours and those of the server, have the shape of its dialect. */
export function answering(
  scope: FastifyInstance,
  parts: Pick<Parts, 'log'>,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  refuse: Dialect['refuse'],
  answer: Answer,
  mostBytes = TEXT_BODY_MOST_BYTES,
): void {
  scope.route({
    method,
    url,
    bodyLimit: mostBytes,
    errorHandler: (error, _request, reply) => {
      reply.hijack();
      const status = error.statusCode ?? 500;
      const most = Math.floor(mostBytes / (1024 * 1024));
      const message =
        status === 413 ? `The body is larger than ${most} MB.` : 'The request could not be read.';
      refuse(reply.raw, new ApiError(Math.min(status, 500), 'invalid_request_error', null, message));
    },
    handler: async (request, reply) => {
      reply.hijack();
      const id = newId();
      try {
        await answer(request, reply.raw, id);
      } catch (error) {
        if (!(error instanceof ApiError || error instanceof ProblemError))
          parts.log.error({ requestId: request.id, generationId: id, err: error }, 'a call of /v1 failed');
        refuse(
          reply.raw,
          error instanceof ApiError
            ? error
            : error instanceof ProblemError
              ? apiErrorOf(error)
              : new ApiError(500, 'server_error', null, 'Something broke on our side. Nothing was charged.'),
          { 'x-request-id': request.id },
        );
      }
    },
  });
}

/** The body with its address before it: what two calls with one idempotency key must have in common. */
export function placed(request: FastifyRequest, body: Buffer): Buffer {
  const [path] = request.url.split('?');
  return Buffer.concat([Buffer.from(`${path} ${(request.query as { alt?: string }).alt ?? ''}\n`), body]);
}

export const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
