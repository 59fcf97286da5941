import { jsonOrNull, readAs, unitsOf } from '../answers.ts';
import { chatFault, chatStreamFault } from '../chat-completions/faults.ts';
import { kindsOf } from '../input-files.ts';
import { type Call, type Context, ProviderFault, type TextEvent, type Units } from '../provider.ts';
import { readEvents } from '../sse.ts';
import { itemDetails } from './reasoning-items.ts';
import { responseBody } from './request.ts';
import { Frame } from './wire.ts';

const IDLE_MS = 10 * 60_000;

/** How a host differs from OpenAI. */
export interface ResponsesDialect {
  /** Whose sealed reasoning it is. */
  format: string;
  /** The request as this host wants it. */
  adapt?(body: Record<string, unknown>): Record<string, unknown>;
  /** What was used, where the host does not bill by the tokens of `usage`. */
  usageOf?(usage: unknown): Units;
}

const OPENAI: ResponsesDialect = { format: 'openai-responses-v1' };

/** Responses of OpenAI and of hosts that speak it, told in the events of the common dialect. */
export async function* streamResponse(
  call: Call,
  { route, send }: Context,
  dialect: ResponsesDialect = OPENAI,
): AsyncGenerator<TextEvent> {
  const body = responseBody(call, dialect.format);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/responses`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(dialect.adapt?.(body) ?? body),
    kinds: kindsOf(call),
    idleMs: IDLE_MS,
  });
  if (answer.status !== 200) throw chatFault(answer.status, answer.headers, await answer.bytes());
  const reading: Reading = { calls: new Map(), model: call.upstreamModel, dialect };
  let ended = false;
  for await (const { data } of readEvents(answer.chunks())) {
    if (data === '[DONE]') continue;
    for (const event of eventsOf(readAs(jsonOrNull(data), Frame), reading)) {
      ended ||= event.type === 'end';
      yield event;
    }
  }
  if (!ended) throw new ProviderFault('unknown', 'the stream stopped without its end', { accepted: 'yes' });
}

interface Reading {
  /** Places of calls among the calls, by their place among all items. */
  calls: Map<number, number>;
  model: string;
  dialect: ResponsesDialect;
}

function* eventsOf(frame: Frame, { calls, model, dialect }: Reading): Generator<TextEvent> {
  const place = calls.get(frame.output_index ?? 0);
  switch (frame.type) {
    case 'response.output_text.delta':
      if (frame.delta) yield { type: 'text', text: frame.delta };
      break;
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      if (frame.delta) yield { type: 'reasoning', text: frame.delta };
      break;
    case 'response.refusal.delta':
      if (frame.delta) yield { type: 'refusal', text: frame.delta };
      break;
    case 'response.output_item.added':
      if (frame.item?.type === 'function_call') yield begin(frame, calls);
      break;
    case 'response.function_call_arguments.delta':
      if (place !== undefined && frame.delta)
        yield { type: 'tool_call', index: place, arguments: frame.delta };
      break;
    case 'response.output_item.done':
      if (frame.item?.type === 'reasoning')
        for (const detail of itemDetails(dialect.format, model, frame.output_index ?? 0, frame.item))
          yield { type: 'sealed', detail };
      break;
    case 'response.completed':
    case 'response.incomplete':
      yield endOf(frame, calls.size > 0, dialect);
      break;
    case 'response.failed':
      throw failedWith(frame, dialect);
    case 'error':
      throw chatStreamFault(frame);
    default: // every other event repeats what was told, or is new
  }
}

function begin({ item, output_index }: Frame, calls: Map<number, number>): TextEvent {
  const index = calls.size;
  calls.set(output_index ?? 0, index);
  return {
    type: 'tool_call',
    index,
    id: item?.call_id ?? undefined,
    name: item?.name ?? undefined,
    arguments: item?.arguments ?? '',
  };
}

function endOf({ response }: Frame, called: boolean, dialect: ResponsesDialect): TextEvent {
  const reason = response?.incomplete_details?.reason;
  const finish =
    reason == null
      ? called
        ? 'tool_calls'
        : 'stop'
      : reason === 'content_filter'
        ? 'content_filter'
        : 'length';
  return {
    type: 'end',
    finish,
    usage: unitsIn(response, dialect),
    tokens: dialect.usageOf && (tokensIn(response) ?? undefined),
    reasoningTokens: response?.usage?.output_tokens_details?.reasoning_tokens ?? undefined,
    upstreamId: response?.id,
  };
}

function failedWith({ response }: Frame, dialect: ResponsesDialect): ProviderFault {
  const code = response?.error?.code ?? '';
  const refused = /policy|invalid_prompt/.test(code);
  return new ProviderFault(refused ? 'rejected_content' : 'unknown', `${code} ${response?.error?.message}`, {
    accepted: 'yes',
    usage: unitsIn(response, dialect) ?? undefined,
  });
}

function unitsIn(response: Frame['response'], { usageOf }: ResponsesDialect): Units | null {
  return response?.usage == null || usageOf === undefined ? tokensIn(response) : usageOf(response.usage);
}

/** Input contains what was cached and written, output the reasoning. */
function tokensIn(response: Frame['response']): Units | null {
  const usage = response?.usage;
  if (usage == null) return null;
  const cached = usage.input_tokens_details?.cached_tokens ?? 0;
  const written = usage.input_tokens_details?.cache_write_tokens ?? 0;
  return unitsOf({
    input_token: (usage.input_tokens ?? 0) - cached - written,
    cached_input_token: cached,
    cache_write_token: written,
    output_token: usage.output_tokens,
  });
}
