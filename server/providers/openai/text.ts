import { z } from 'zod';
import {
  type Call,
  type Context,
  type Outbound,
  ProviderFault,
  type Route,
  type TextAdapter,
  type TextEvent,
  type TextParams,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import { openaiFault } from './faults.ts';
import { chatUnits } from './usage.ts';

/** An answer may think for long before its first byte. */
const IDLE_MS = 10 * 60_000;
/** An image costs at most so many tokens in, whatever its size and detail. */
const TOKENS_PER_IMAGE = 20_000;
const TOKENS_PER_MESSAGE = 16;

/** Chat completions of OpenAI, and of every host that speaks the same. */
export function chatAdapter(options: { keyRequired: boolean; storeField: boolean }): TextAdapter {
  const request = (body: Record<string, unknown>, upstreamModel: string, route: Route): Outbound => ({
    method: 'POST',
    url: `${route.baseUrl}/chat/completions`,
    headers: {
      'content-type': 'application/json',
      ...(options.keyRequired || route.key !== '' ? { authorization: `Bearer ${route.key}` } : {}),
    },
    // Nothing is kept at the provider beyond what its terms say for every call (clause 5.9).
    body: JSON.stringify({
      ...withToolRule(body),
      model: upstreamModel,
      ...(options.storeField ? { store: false } : {}),
    }),
    kinds: ['prompt', 'params'],
    idleMs: IDLE_MS,
  });
  return {
    kind: 'stream',
    bound: (call, { maxOutputTokens }) => boundOf(call, maxOutputTokens),
    stream: (call, context) => stream(call, context, request, options.storeField),
    passThrough: { request, usageOf: chatUnits, fault: openaiFault },
  };
}

/**
 * Models since gpt-5.4 refuse function tools together with reasoning on this endpoint, and from gpt-5.6 on also when
 * no effort is named: so a call with tools that names none asks for none.
 */
function withToolRule(body: Record<string, unknown>): Record<string, unknown> {
  const usesTools = Array.isArray(body.tools) && body.tools.length > 0;
  return usesTools && body.reasoning_effort === undefined ? { ...body, reasoning_effort: 'none' } : body;
}

/** A token is never shorter than a byte, so bytes bound the tokens in; what is sent as an image is counted apart. */
function boundOf(call: Call, maxOutputTokens: number): Units {
  const { messages, tools, response_format } = call.params as TextParams;
  let tokens = TOKENS_PER_MESSAGE;
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE;
    if (typeof message.content === 'string') tokens += Buffer.byteLength(message.content);
    else
      for (const part of message.content ?? [])
        tokens +=
          part.type === 'text'
            ? Buffer.byteLength(part.text)
            : part.type === 'image_url'
              ? TOKENS_PER_IMAGE
              : Buffer.byteLength(JSON.stringify(part));
    if (message.tool_calls !== undefined) tokens += Buffer.byteLength(JSON.stringify(message.tool_calls));
  }
  if (tools !== undefined) tokens += Buffer.byteLength(JSON.stringify(tools));
  if (response_format !== undefined) tokens += Buffer.byteLength(JSON.stringify(response_format));
  tokens += call.files.reduce(
    (sum, file) => sum + (file.mediaType.startsWith('image/') ? TOKENS_PER_IMAGE : 100_000),
    0,
  );
  return { input_token: BigInt(tokens), output_token: BigInt(maxOutputTokens) };
}

const Chunk = z.object({
  id: z.string().nullish(),
  choices: z.array(
    z.object({
      delta: z.object({
        content: z.string().nullish(),
        refusal: z.string().nullish(),
        reasoning_content: z.string().nullish(),
        tool_calls: z
          .array(
            z.object({
              index: z.number().int(),
              id: z.string().nullish(),
              function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
            }),
          )
          .nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.unknown().optional(),
});
type Finish = Extract<TextEvent, { type: 'end' }>['finish'];

async function* stream(
  call: Call,
  { route, send }: Context,
  request: (body: Record<string, unknown>, model: string, route: Route) => Outbound,
  endUserField: boolean,
): AsyncGenerator<TextEvent> {
  const body = {
    ...call.params,
    stream: true,
    stream_options: { include_usage: true },
    ...(endUserField ? { safety_identifier: call.memberHash } : {}),
  };
  const answer = await send(request(body, call.upstreamModel, route));
  if (answer.status !== 200) throw openaiFault(answer.status, answer.headers, await answer.bytes());
  let finish: Finish | null = null;
  let usage: Units | null = null;
  let upstreamId: string | undefined;
  for await (const { data } of readEvents(answer.chunks())) {
    if (data === '[DONE]') break;
    const chunk = readChunk(data);
    upstreamId ??= chunk.id ?? undefined;
    if (chunk.usage != null) usage = chatUnits(chunk.usage);
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    yield* eventsOf(choice.delta);
    if (choice.finish_reason != null) finish = finishOf(choice.finish_reason);
  }
  if (finish === null)
    throw new ProviderFault('unknown', 'the stream stopped without a finish reason', { accepted: 'yes' });
  yield { type: 'end', finish, usage, upstreamId };
}

function* eventsOf(delta: z.output<typeof Chunk>['choices'][number]['delta']): Generator<TextEvent> {
  if (delta.reasoning_content) yield { type: 'reasoning', text: delta.reasoning_content };
  if (delta.content) yield { type: 'text', text: delta.content };
  if (delta.refusal) yield { type: 'refusal', text: delta.refusal };
  for (const tool of delta.tool_calls ?? []) {
    yield {
      type: 'tool_call',
      index: tool.index,
      id: tool.id ?? undefined,
      name: tool.function?.name ?? undefined,
      arguments: tool.function?.arguments ?? '',
    };
  }
}

function readChunk(data: string): z.output<typeof Chunk> {
  const value = JSON.parse(data) as { error?: { message?: string; code?: string | null } };
  if (value.error !== undefined)
    throw new ProviderFault(
      'unknown',
      `in the stream: ${value.error.code ?? ''} ${value.error.message ?? ''}`,
      { accepted: 'yes' },
    );
  return Chunk.parse(value);
}

/** Unknown words are taken as a plain end: new ones appear, and the answer is there all the same. */
function finishOf(reason: string): Finish {
  switch (reason) {
    case 'length':
    case 'tool_calls':
    case 'content_filter':
      return reason;
    case 'function_call':
      return 'tool_calls';
    default:
      return 'stop';
  }
}
