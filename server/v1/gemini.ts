import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { begin } from './begin.ts';
import { chatRequestOf, jsonOf, modelOf, routingIn } from './chat-request.ts';
import { countTokens } from './count.ts';
import { refuseAsGemini } from './gemini-errors.ts';
import { pictureAnswer, pictureAsked } from './gemini-images.ts';
import { fromGemini, geminiMessages } from './gemini-request.ts';
import { GeminiCountRequest, GeminiRequest } from './gemini-schema.ts';
import { type GeminiWish, geminiDialect } from './gemini-writer.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { answer, goneOf, sameness } from './images.ts';
import type { Caller, Callers } from './keys.ts';
import { makeMedia } from './media-call.ts';
import { checkedAs } from './messages-request.ts';
import { ApiError } from './openai-errors.ts';
import { answering, bodyOf, placed } from './text-route.ts';
import { routingInHead } from './way.ts';

type Method = 'generateContent' | 'streamGenerateContent' | 'countTokens';
type Query = Record<string, string | undefined>;

/**
 * Google's wire format: `POST /v1beta/models/<model>:generateContent`, `:streamGenerateContent`, `:countTokens` (under
 * `/v1` too, where its newer clients call) and `GET /v1beta/models`, for every model of words or pictures.
 */
export async function geminiRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
): Promise<void> {
  await withRawBody(app, (scope) => {
    for (const version of ['v1beta', 'v1'])
      answering(
        scope,
        parts,
        'POST',
        `/${version}/models/*`,
        refuseAsGemini,
        async (request, response, id) => {
          const caller = await callers.callerOf(keyed(request));
          const { name, method } = placeOf(request);
          const body = bodyOf(request);
          if (method === 'countTokens') return count(parts, name, jsonOf(body), response);
          const asked = checkedAs(GeminiRequest, jsonOf(body));
          const wish: GeminiWish = {
            model: name,
            form: method === 'generateContent' ? 'whole' : isEvents(request) ? 'events' : 'array',
            includeThoughts: asked.generationConfig?.thinkingConfig?.includeThoughts === true,
            ignored: [],
          };
          const model = contentModelOf(parts, name);
          if (model.kind === 'image')
            return picture(parts, runs, { caller, id, model, asked, wish }, request, response);
          const { params, ignored } = fromGemini(model, asked);
          const dialect = geminiDialect({ ...wish, ignored });
          const read = () => chatRequestOf(parts, caller, id, { ...params, stream: wish.form === 'events' });
          await begin(
            parts,
            runs,
            { caller, id, body: placed(request, body), key: idempotencyKeyOf(request.raw), dialect, read },
            response,
          );
        },
      );
  });
  answering(app, parts, 'GET', '/v1beta/models', refuseAsGemini, async (request, response) => {
    await callers.callerOf(keyed(request));
    const { pageSize, pageToken } = request.query as Query;
    const rows = rowsOf(parts);
    const from = Math.max(0, pageToken === undefined ? 0 : rows.findIndex(({ name }) => name === pageToken));
    const size = Math.min(1000, Math.max(1, Math.trunc(Number(pageSize ?? 50)) || 50));
    const next = rows[from + size]?.name;
    json(response, {
      models: rows.slice(from, from + size),
      ...(next === undefined ? {} : { nextPageToken: next }),
    });
  });
  answering(app, parts, 'GET', '/v1beta/models/*', refuseAsGemini, async (request, response) => {
    await callers.callerOf(keyed(request));
    const { id } = contentModelOf(parts, (request.params as { '*': string })['*']);
    json(response, rowsOf(parts).find(({ name }) => name === `models/${id}`)!);
  });
}

/** Google's clients may send the key in the address. Ours are in no log; those on the way may be. */
function keyed(request: FastifyRequest): FastifyRequest['raw'] {
  const { key } = request.query as Query;
  if (key !== undefined) request.raw.headers['x-goog-api-key'] ??= key;
  return request.raw;
}

const isEvents = (request: FastifyRequest): boolean => (request.query as Query).alt === 'sse';

function placeOf(request: FastifyRequest): { name: string; method: Method } {
  const [, name, method] = /^(.+):([a-zA-Z]+)$/.exec((request.params as { '*': string })['*']) ?? [];
  if (
    name !== undefined &&
    (method === 'generateContent' || method === 'streamGenerateContent' || method === 'countTokens')
  )
    return { name, method };
  throw new ApiError(
    404,
    'invalid_request_error',
    null,
    'There is nothing here. POST to <model>:generateContent, :streamGenerateContent or :countTokens.',
  );
}

/** A model of words, or else of pictures. */
function contentModelOf(parts: Parts, name: string): CatalogueModel {
  const known = name.includes('/') ? parts.catalogue.findModel(name) : null;
  if (known !== null) return modelOf(parts, name, known.kind === 'image' ? 'image' : 'text');
  try {
    return modelOf(parts, name, 'text');
  } catch (error) {
    if (!(error instanceof ApiError) || name.includes('/')) throw error;
    return modelOf(parts, name, 'image');
  }
}

interface Picture {
  caller: Caller;
  id: string;
  model: CatalogueModel;
  asked: GeminiRequest;
  wish: GeminiWish;
}

async function picture(
  parts: Parts,
  runs: Runs,
  { caller, id, model, asked, wish }: Picture,
  request: FastifyRequest,
  response: ServerResponse,
) {
  const taken = await pictureAsked(parts, caller, model, asked);
  const routing = routingIn(asked.mluen) ?? routingInHead(request.raw);
  try {
    const made = await makeMedia(
      parts,
      runs,
      { id, caller, model, ...taken, routing },
      sameness(request, bodyOf(request)),
      goneOf(response),
    );
    const body = JSON.stringify(await pictureAnswer(parts, caller, made, wish.model));
    if (wish.form === 'events')
      answer(response, made, 'text/event-stream', Buffer.from(`data: ${body}\r\n\r\n`));
    else
      answer(
        response,
        made,
        'application/json; charset=UTF-8',
        Buffer.from(wish.form === 'array' ? `[${body}]` : body),
      );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    geminiDialect(wish).refuse(response, error);
  }
}

async function count(parts: Parts, name: string, body: Record<string, unknown>, response: ServerResponse) {
  const { generateContentRequest, contents, ...rest } = checkedAs(GeminiCountRequest, body);
  const model = modelOf(parts, name, 'text');
  const asked = generateContentRequest ?? { ...rest, contents: contents ?? [] };
  const totalTokens = await countTokens(model, geminiMessages(model, asked), Boolean(asked.tools?.length));
  json(response, { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] });
}

function rowsOf(parts: Parts) {
  return parts.catalogue
    .listModels(parts.routing.openProviders())
    .filter(({ kind }) => kind === 'text' || kind === 'image')
    .map((model) => ({
      name: `models/${model.id}`,
      version: model.priceVersion,
      displayName: model.name,
      description: model.summary,
      ...(model.contextTokens === null ? {} : { inputTokenLimit: model.contextTokens }),
      ...(model.maxOutputTokens === null ? {} : { outputTokenLimit: model.maxOutputTokens }),
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
    }));
}

function json(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(200, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
