import { jsonOrNull, readAs } from '../answers.ts';
import { textBound } from '../chat-completions/bound.ts';
import { kindsOf } from '../input-files.ts';
import {
  type Call,
  type Context,
  type Provider,
  ProviderFault,
  type TextAdapter,
  type TextEvent,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import type { TextParams } from '../text-params.ts';
import { cachesForAnHour } from './cache.ts';
import { anthropicFault, anthropicStreamFault } from './faults.ts';
import { messageBody, samplingOf } from './request.ts';
import { redactedDetail, thoughtDetail } from './thoughts.ts';
import { latest, messageUnits } from './usage.ts';
import { Frame, type Usage } from './wire.ts';

/** The current version; it dropped sampling, so a call to an early model that has it goes by the version before. */
const VERSION = '2026-10-21';
const VERSION_WITH_SAMPLING = '2023-06-01';
const IDLE_MS = 10 * 60_000;

const messages: TextAdapter = {
  kind: 'stream',
  bound: boundOf,
  stream,
};

export const anthropic: Provider = {
  id: 'anthropic',
  terms: {
    name: 'Anthropic',
    company: 'Anthropic, PBC',
    termsUrl: 'https://www.anthropic.com/legal/commercial-terms',
    privacyUrl: 'https://www.anthropic.com/legal/privacy',
    regions: ['US'],
    retention: 'Up to 30 days, longer where its safety filter was triggered.',
    training: 'API data are not used for training, by its commercial terms.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'ANTHROPIC_API_KEY',
    baseUrl: 'ANTHROPIC_BASE_URL',
    defaultBaseUrl: 'https://api.anthropic.com',
    region: 'ANTHROPIC_REGION',
    keyPrefix: 'sk-ant-',
  },
  resultHosts: [],
  operations: { text: messages },
};

/** What is written to the cache for an hour is dearer than any other token in. */
function boundOf(call: Call, { maxOutputTokens }: { maxOutputTokens: number }): Units {
  const { input_token, ...rest } = textBound(call, maxOutputTokens);
  return cachesForAnHour(call.params as TextParams)
    ? { ...rest, cache_write_hour_token: input_token }
    : { input_token, ...rest };
}

async function* stream(call: Call, { route, send }: Context): AsyncGenerator<TextEvent> {
  const samples = Object.keys(samplingOf(call.params as TextParams)).length > 0;
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/v1/messages`,
    headers: {
      'x-api-key': route.key,
      'anthropic-version': samples ? VERSION_WITH_SAMPLING : VERSION,
      'content-type': 'application/json',
    },
    body: JSON.stringify(messageBody(call)),
    kinds: kindsOf(call),
    idleMs: IDLE_MS,
  });
  if (answer.status !== 200) throw anthropicFault(answer.status, answer.headers, await answer.bytes());
  const reading = new Reading(call.upstreamModel);
  for await (const { data } of readEvents(answer.chunks())) {
    if (data !== '[DONE]') yield* reading.take(readAs(jsonOrNull(data), Frame));
  }
  if (!reading.ended)
    throw new ProviderFault('unknown', 'the stream stopped without message_stop', { accepted: 'yes' });
}

/** What was read so far of one message: its counts, and the place of each tool call among the calls. */
class Reading {
  ended = false;
  #usage: Usage = {};
  #id: string | undefined;
  #stop: string | null = null;
  #explanation: string | undefined;
  #stopSequence: string | undefined;
  #hasContent = false;
  readonly #model: string;
  readonly #calls = new Map<number, { place: number; whole: string }>();
  readonly #thoughts = new Map<number, { text: string; signature: string }>();

  constructor(model: string) {
    this.#model = model;
  }

  *take(frame: Frame): Generator<TextEvent> {
    if (frame.error != null) throw anthropicStreamFault(frame.error.type ?? '', frame.error.message ?? '');
    switch (frame.type) {
      case 'message_start':
        this.#id = frame.message?.id;
        this.#usage = frame.message?.usage ?? {};
        break;
      case 'content_block_start':
        this.#hasContent = true;
        yield* this.#begin(frame);
        break;
      case 'content_block_delta':
        yield* this.#continue(frame);
        break;
      case 'content_block_stop':
        yield* this.#finish(frame);
        break;
      case 'message_delta':
        this.#stop = frame.delta?.stop_reason ?? this.#stop;
        this.#stopSequence = frame.delta?.stop_sequence ?? undefined;
        this.#explanation = frame.delta?.stop_details?.explanation ?? undefined;
        if (frame.usage != null) this.#usage = latest(this.#usage, frame.usage);
        break;
      case 'message_stop':
        this.ended = true;
        yield* this.#end();
        break;
      default: // ping, and what comes later
    }
  }

  *#begin({ index, content_block: block }: Frame): Generator<TextEvent> {
    const at = index ?? 0;
    if (block?.text) yield { type: 'text', text: block.text };
    if (block?.type === 'thinking') {
      this.#thoughts.set(at, { text: block.thinking ?? '', signature: block.signature ?? '' });
      if (block.thinking) yield { type: 'reasoning', text: block.thinking };
    }
    if (block?.type === 'redacted_thinking' && block.data)
      yield { type: 'sealed', detail: redactedDetail(this.#model, at, block.data) };
    if (block?.type !== 'tool_use') return;
    const place = this.#calls.size;
    const given =
      block.input == null || Object.keys(block.input).length === 0 ? '' : JSON.stringify(block.input);
    this.#calls.set(at, { place, whole: given });
    yield {
      type: 'tool_call',
      index: place,
      id: block.id ?? undefined,
      name: block.name ?? undefined,
      arguments: given,
    };
  }

  *#continue({ index, delta }: Frame): Generator<TextEvent> {
    if (delta?.text) yield { type: 'text', text: delta.text };
    if (delta?.thinking) yield { type: 'reasoning', text: delta.thinking };
    const thought = this.#thoughts.get(index ?? 0);
    if (thought !== undefined) {
      thought.text += delta?.thinking ?? '';
      thought.signature += delta?.signature ?? '';
    }
    const call = this.#calls.get(index ?? 0);
    if (call === undefined || !delta?.partial_json) return;
    call.whole += delta.partial_json;
    yield { type: 'tool_call', index: call.place, arguments: delta.partial_json };
  }

  /** A call without arguments sends no fragment; in the common dialect it has an empty object. */
  *#finish({ index }: Frame): Generator<TextEvent> {
    const call = this.#calls.get(index ?? 0);
    if (call !== undefined && call.whole === '')
      yield { type: 'tool_call', index: call.place, arguments: '{}' };
    const thought = this.#thoughts.get(index ?? 0);
    if (thought !== undefined && thought.signature !== '')
      yield { type: 'sealed', detail: thoughtDetail(this.#model, index ?? 0, thought) };
  }

  *#end(): Generator<TextEvent> {
    const refused = this.#stop === 'refusal';
    if (refused)
      yield { type: 'refusal', text: this.#explanation ?? 'The provider’s safety filter ended this answer.' };
    yield {
      type: 'end',
      finish: finishOf(this.#stop),
      // Refused before the first word, nothing is billed.
      usage: refused && !this.#hasContent ? {} : messageUnits(this.#usage),
      reasoningTokens: this.#usage.output_tokens_details?.thinking_tokens ?? undefined,
      ...(this.#stopSequence === undefined ? {} : { stopSequence: this.#stopSequence }),
      upstreamId: this.#id,
    };
  }
}

function finishOf(stop: string | null): Extract<TextEvent, { type: 'end' }>['finish'] {
  switch (stop) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'content_filter';
    default: // end_turn, stop_sequence, pause_turn (hosted tools, which we do not offer), and new words
      return 'stop';
  }
}
