import { jsonOrNull, readAs } from '../answers.ts';
import {
  type Call,
  type Context,
  type Outbound,
  ProviderFault,
  type Route,
  type TextAdapter,
  type TextEvent,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import type { TextMessage } from '../text-params.ts';
import { textBound } from './bound.ts';
import { chatFault, chatStreamFault } from './faults.ts';
import { type CacheMark, Gathered, messagesFor, type ReasoningBack } from './messages.ts';
import { chatUnits, reasoningTokensOf } from './usage.ts';
import { Chunk, type Delta } from './wire.ts';

/** An answer may think for long before its first byte. */
const IDLE_MS = 10 * 60_000;

/** How a host differs from the format: everything else is one code. */
export interface Dialect {
  /** The request as this host wants it; `stream`, `model` and the usage option are set already. */
  adapt(body: Record<string, unknown>, upstreamModel: string): Record<string, unknown>;
  /** After the base address, where it is not OpenAI's. */
  path?: string;
  /** Field for a keyed hash of the member, where the host asks for one (clause 6.1). */
  endUserField?: 'safety_identifier' | 'user' | 'user_id';
  /** What of earlier reasoning is sent back with this call; absent: none. */
  reasoningBack?(body: Record<string, unknown>): ReasoningBack | undefined;
  /** How parts of the prompt are marked for the cache; absent: the host needs no telling. */
  cacheMark?: CacheMark;
  /** What was used, where the host does not bill by the tokens of `usage`. */
  usageOf?(usage: unknown): Units;
  fault?: typeof chatFault;
  /** Where the key stands, if not in the route's own field. Empty: none is sent. */
  keyOf?: (route: Route) => string;
}

/** Chat completions of OpenAI, and of every host that speaks the same. */
export function chatAdapter(dialect: Dialect): TextAdapter {
  const fault = dialect.fault ?? chatFault;
  const usageOf = dialect.usageOf ?? chatUnits;
  const request = (given: Record<string, unknown>, upstreamModel: string, route: Route): Outbound => {
    // Callers hand the member's hash over under OpenAI's name; each host has its own for it, or none.
    const { safety_identifier: endUser, ...others } = given;
    const messages = messagesFor(given.messages as TextMessage[], upstreamModel, {
      reasoningBack: dialect.reasoningBack?.(given),
      cacheMark: dialect.cacheMark,
    });
    const rest = { ...others, messages };
    const body = dialect.endUserField === undefined ? rest : { ...rest, [dialect.endUserField]: endUser };
    return {
      method: 'POST',
      url: `${route.baseUrl}${dialect.path ?? '/chat/completions'}`,
      headers: { 'content-type': 'application/json', ...authorization(dialect.keyOf?.(route) ?? route.key) },
      body: JSON.stringify({ ...dialect.adapt(body, upstreamModel), model: upstreamModel }),
      kinds: ['prompt', 'params'],
      idleMs: IDLE_MS,
    };
  };
  return {
    kind: 'stream',
    bound: (call, { maxOutputTokens }) => textBound(call, maxOutputTokens),
    async *stream(call: Call, { route, send }: Context) {
      const body = {
        ...call.params,
        stream: true,
        stream_options: { include_usage: true },
        safety_identifier: call.memberHash,
      };
      const outbound = request(body, call.upstreamModel, route);
      const answer = await send({
        ...outbound,
        kinds: call.files.length > 0 ? ['prompt', 'params', 'files'] : ['prompt', 'params'],
      });
      if (answer.status !== 200) throw fault(answer.status, answer.headers, await answer.bytes());
      yield* readChat(
        answer.chunks(),
        usageOf,
        new Gathered(call.upstreamModel, dialect.reasoningBack?.(call.params)),
      );
    },
    passThrough: { request, usageOf, fault },
  };
}

const authorization = (key: string): Record<string, string> =>
  key === '' ? {} : { authorization: `Bearer ${key}` };

type End = Extract<TextEvent, { type: 'end' }>;

async function* readChat(
  chunks: AsyncIterable<Buffer>,
  usageOf: (usage: unknown) => Units,
  gathered: Gathered,
): AsyncGenerator<TextEvent> {
  let finish: End['finish'] | null = null;
  let usage: Units | null = null;
  let tokens: Units | undefined;
  let reasoningTokens: number | undefined;
  let upstreamId: string | undefined;
  const tools = new ToolCalls();
  for await (const { data } of readEvents(chunks)) {
    if (data === '[DONE]') continue; // read to the end: a connection that is left early cannot be used again
    const chunk = readAs(jsonOrNull(data), Chunk);
    if (chunk.error != null) throw chatStreamFault(chunk.error);
    if (chunk.x_groq?.error != null) throw chatStreamFault({ message: chunk.x_groq.error });
    upstreamId ??= chunk.id ?? undefined;
    const counted = chunk.usage ?? chunk.x_groq?.usage;
    if (counted != null) {
      usage = usageOf(counted);
      if (usageOf !== chatUnits) tokens = chatUnits(counted);
      reasoningTokens = reasoningTokensOf(counted);
    }
    const choice = chunk.choices?.[0];
    if (choice === undefined) continue;
    if (choice.delta != null) {
      gathered.take(choice.delta, reasoningIn(choice.delta));
      yield* eventsOf(choice.delta, tools);
    }
    if (choice.finish_reason != null) finish = finishOf(choice.finish_reason, tools.any);
  }
  if (finish === null)
    throw new ProviderFault('unknown', 'the stream stopped without a finish reason', {
      accepted: 'yes',
      usage: usage ?? undefined,
    });
  for (const detail of gathered.details()) yield { type: 'sealed', detail };
  yield { type: 'end', finish, usage, tokens, reasoningTokens, upstreamId };
}

/** Numbers tool calls: some hosts give every call the index 0, so another id there begins another call. */
class ToolCalls {
  readonly #places = new Map<string, number>();
  readonly #latest = new Map<number, number>();
  #count = 0;

  get any(): boolean {
    return this.#count > 0;
  }

  place(index: number, id: string | undefined): number {
    const known = id === undefined ? this.#latest.get(index) : this.#places.get(`${index} ${id}`);
    if (known !== undefined) return known;
    const place = this.#count;
    this.#count += 1;
    this.#places.set(`${index} ${id ?? ''}`, place);
    this.#latest.set(index, place);
    return place;
  }
}

const reasoningIn = (delta: Delta): string | null | undefined => delta.reasoning_content ?? delta.reasoning;

function* eventsOf(delta: Delta, tools: ToolCalls): Generator<TextEvent> {
  const reasoning = reasoningIn(delta);
  if (reasoning) yield { type: 'reasoning', text: reasoning };
  const pieces =
    typeof delta.content === 'string' ? [{ type: 'text', text: delta.content }] : (delta.content ?? []);
  for (const piece of pieces) {
    if (piece.text) yield { type: 'text', text: piece.text };
    const thought = 'thinking' in piece ? piece.thinking?.map(({ text }) => text ?? '').join('') : '';
    if (thought) yield { type: 'reasoning', text: thought };
  }
  if (delta.refusal) yield { type: 'refusal', text: delta.refusal };
  for (const tool of delta.tool_calls ?? []) {
    const id = tool.id || undefined;
    const given = tool.function?.arguments ?? '';
    yield {
      type: 'tool_call',
      index: tools.place(tool.index ?? 0, id),
      id,
      name: tool.function?.name || undefined,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    };
  }
}

/** Unknown words are taken as a plain end: new ones appear, and the answer is there all the same. */
function finishOf(reason: string, hasToolCalls: boolean): End['finish'] {
  switch (reason) {
    case 'length':
    case 'model_length':
      return 'length';
    case 'content_filter':
      return 'content_filter';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'error':
    case 'abort':
      throw new ProviderFault('unknown', `ended with ${reason}`, { accepted: 'yes' });
    case 'insufficient_system_resource':
      throw new ProviderFault('overloaded', reason, { accepted: 'yes' });
    default:
      return hasToolCalls ? 'tool_calls' : 'stop';
  }
}
