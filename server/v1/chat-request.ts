import type { z } from 'zod';
import { RoutingAsk } from '#contract/generations.ts';
import { boundOf, type CatalogueModel } from '#server/catalogue/catalogue.ts';
import { strangerIn } from '#server/generations/message-files.ts';
import type { Parts } from '#server/generations/parts.ts';
import { checkedParams, memberHash, outputLimit } from '#server/generations/quote.ts';
import { ProblemError } from '#server/http/problem.ts';
import { adapterFor, type Call, type Operation, type TextAdapter } from '#server/providers/provider.ts';
import type { Caller } from './keys.ts';
import { ApiError } from './openai-errors.ts';

/** A checked chat request, priced at the most it can cost. */
export interface ChatRequest {
  model: CatalogueModel;
  adapter: TextAdapter;
  call: Call;
  stream: boolean;
  includeUsage: boolean;
  boundMicro: bigint;
  /** What this call demands of the way: `"mluen": { "region": "EU", "fallback": false }`. */
  routing: z.output<typeof RoutingAsk> | undefined;
}

/** Fields that steer the exchange with us and say nothing to the model. */
const OURS = new Set([
  'mluen',
  'model',
  'stream',
  'stream_options',
  'store',
  'user',
  'metadata',
  'safety_identifier',
  'service_tier',
  'n',
  'max_tokens',
]);

export function readChatRequest(
  parts: Parts,
  caller: Caller,
  generationId: string,
  body: Buffer,
): ChatRequest {
  return chatRequestOf(parts, caller, generationId, jsonOf(body));
}

/** The same for a request that another dialect put into OpenAI's words. */
export function chatRequestOf(
  parts: Parts,
  caller: Caller,
  generationId: string,
  asked: Record<string, unknown>,
): ChatRequest {
  const model = textModelOf(parts, asked.model);
  refuseUnpriced(asked);
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked))
    if (!OURS.has(name) && value !== null) given[name] = value;
  // The older name of the same limit; models that refuse it upstream are given the new one.
  if (asked.max_tokens !== undefined && asked.max_tokens !== null)
    given.max_completion_tokens ??= asked.max_tokens;
  const params = checked(model, given);
  refuseStudioFiles(params.messages);
  const adapter = adapterFor(parts.routing.provider(model.providerId), 'text', model.upstream) as TextAdapter;
  const limit = outputLimit(model, params);
  const call: Call = {
    generationId,
    operation: 'text',
    upstreamModel: model.upstream,
    params: { ...params, max_completion_tokens: limit },
    files: [],
    memberHash: memberHash(parts, caller.memberId),
  };
  const options = asked.stream_options as { include_usage?: unknown } | undefined | null;
  return {
    model,
    adapter,
    call,
    stream: asked.stream === true,
    routing: routingIn(asked.mluen),
    includeUsage: options?.include_usage === true,
    boundMicro: boundOf(model, adapter.bound(call, { maxOutputTokens: limit }), call.params).amountMicro,
  };
}

/** A field of ours in OpenAI's body: its clients send what they do not know along. */
export function routingIn(given: unknown): ChatRequest['routing'] {
  if (given === undefined || given === null) return undefined;
  const { success, data, error } = RoutingAsk.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new ApiError(
    400,
    'invalid_request_error',
    'invalid_value',
    `mluen: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not valid'}. It takes \`region\` (text) and \`fallback\` (boolean).`,
    { param: 'mluen' },
  );
}

export function jsonOf(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError(400, 'invalid_request_error', null, 'The body is not JSON.');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ApiError(400, 'invalid_request_error', null, 'The body must be a JSON object.');
  return value as Record<string, unknown>;
}

export function textModelOf(parts: Parts, name: unknown): CatalogueModel {
  return modelOf(parts, name, 'text');
}

/** `openai/gpt-6-luna`, or the bare name: then the first provider who has it. Throws `ApiError` 404. */
export function modelOf(parts: Parts, name: unknown, kind: Operation): CatalogueModel {
  if (typeof name !== 'string')
    throw new ApiError(
      400,
      'invalid_request_error',
      'missing_required_parameter',
      'you must provide a model parameter',
      { param: 'model' },
    );
  const found = parts.catalogue.findModel(name) ?? (name.includes('/') ? null : bareName(parts, name, kind));
  if (found !== null && found.kind === kind && parts.routing.isOpen(found.providerId)) return found;
  throw new ApiError(
    404,
    'invalid_request_error',
    'model_not_found',
    `The model \`${name.slice(0, 100)}\` does not exist or is not ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} model. GET /v1/models lists them.`,
    { param: 'model' },
  );
}

function bareName(parts: Parts, name: string, kind: Operation): CatalogueModel | null {
  for (const providerId of parts.routing.openProviders()) {
    const found = parts.catalogue.findModel(`${providerId}/${name}`);
    if (found?.kind === kind) return found;
  }
  return null;
}

/** What would change the price without our knowing is refused, not ignored. */
function refuseUnpriced(asked: Record<string, unknown>) {
  if (asked.n !== undefined && asked.n !== null && asked.n !== 1)
    throw unsupported('n', 'Only one choice a request is offered: send `n: 1`.');
  const tier = asked.service_tier ?? 'auto';
  if (tier !== 'auto' && tier !== 'default')
    throw unsupported('service_tier', 'Only the default service tier is offered.');
  if (asked.store === true)
    throw unsupported('store', 'Nothing is stored at the provider: leave `store` out.');
  if (asked.stream !== undefined && asked.stream !== null && typeof asked.stream !== 'boolean')
    throw new ApiError(400, 'invalid_request_error', 'invalid_type', '`stream` must be a boolean.', {
      param: 'stream',
    });
  if (asked.stream_options != null && asked.stream !== true)
    throw new ApiError(
      400,
      'invalid_request_error',
      'invalid_value',
      'The `stream_options` parameter is only allowed when `stream` is true.',
      { param: 'stream_options' },
    );
}

/** A file of the studio would be priced at nothing and reach the provider as a word; one at the provider is not the caller's. A call carries its bytes. */
function refuseStudioFiles(messages: unknown) {
  const stranger = strangerIn(messages, []);
  if (stranger === null) return;
  const place = `messages.${stranger.at}.content`;
  throw new ApiError(
    400,
    'invalid_request_error',
    'invalid_value',
    `${place}: the file ${stranger.id.slice(0, 100)} is not reached by the API. Send its bytes as a data URL.`,
    { param: place },
  );
}

function unsupported(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'unsupported_value', message, { param });
}

function checked(model: CatalogueModel, given: Record<string, unknown>): Record<string, unknown> {
  try {
    return checkedParams(model, given);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const first = error.fields.errors?.[0];
    const param = first?.path.replace(/^ask\.params\./, '') ?? null;
    throw new ApiError(
      400,
      'invalid_request_error',
      'invalid_value',
      `${param ?? 'body'}: ${first?.message ?? 'not valid'}`,
      { param: param ?? undefined },
    );
  }
}
