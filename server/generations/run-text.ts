import {
  adapterFor,
  type Call,
  type InputFile,
  type ProviderFault,
  type TextAdapter,
  type Units,
} from '#server/providers/provider.ts';
import type { TextMessage, TextParams } from '#server/providers/text-params.ts';
import { addFragment } from '#server/providers/tool-calls.ts';
import { asFault, attempt } from './attempt.ts';
import type { ProviderRoute } from './configured-routes.ts';
import { estimateUsage } from './estimate.ts';
import { fitFiles } from './file-fit.ts';
import { withFiles } from './message-files.ts';
import type { Parts } from './parts.ts';
import { modelAt } from './price-list.ts';
import { memberHash, outputLimit } from './quote.ts';
import { recallReasoning } from './recall.ts';
import type { Running, SealedAnswer } from './record.ts';
import type { End } from './settle.ts';

/** The words so far, and who hears the next ones. */
export interface Transcript {
  text: string;
  reasoning: string;
  onText(text: string): void;
  onReasoning(text: string): void;
}

/** What an answer holds beside its words. */
type Made = Required<Pick<SealedAnswer, 'toolCalls' | 'reasoningDetails'>>;

/** Streams the answer and says how it ended. A fault before the end releases the hold; what arrived is kept. */
export async function runText(
  parts: Parts,
  running: Running,
  route: ProviderRoute,
  given: InputFile[],
  transcript: Transcript,
  signal: AbortSignal,
): Promise<End> {
  const model = await modelAt(parts, running.priceVersion);
  if (model === null) throw new Error(`price list ${running.priceVersion} is gone`);
  const adapter = adapterFor(
    parts.routing.provider(running.providerId),
    'text',
    model.upstream,
  ) as TextAdapter;
  const params = {
    ...(running.params as TextParams),
    max_completion_tokens: outputLimit(model, running.params),
  };
  const files = await fitFiles(model, given);
  const call: Call = {
    generationId: running.id,
    operation: 'text',
    upstreamModel: model.upstream,
    params: {
      ...params,
      messages: withFiles(await recallReasoning(parts, running.memberId, params.messages), files),
    },
    files,
    memberHash: memberHash(parts, running.memberId),
  };
  const made: Made = { toolCalls: [], reasoningDetails: [] };
  try {
    const usage = await attempt(parts, running, route, signal, (context) =>
      read(adapter.stream(call, context), transcript, made),
    );
    return {
      state: 'settled',
      ending: null,
      usage:
        usage.units === null
          ? await ownCount(params.messages, transcript)
          : { units: usage.units, countedBy: 'provider' },
      answer: answerOf(transcript, made),
      outputs: [],
    };
  } catch (error) {
    const fault = asFault(error, signal);
    if (signal.aborted) return stopped(params.messages, transcript, made);
    const cut = fault.accepted === 'yes' && transcript.text !== '' && fault.kind === 'unknown';
    return {
      state: 'released',
      ending: cut ? 'cut' : fault.kind,
      usage: null,
      answer: { ...answerOf(transcript, made), fault: fault.detail },
      outputs: [],
    };
  }
}

async function read(
  events: ReturnType<TextAdapter['stream']>,
  transcript: Transcript,
  made: Made,
): Promise<{ units: Units | null }> {
  let end: { units: Units | null } | null = null;
  for await (const event of events) {
    switch (event.type) {
      case 'text':
      case 'refusal':
        transcript.text += event.text;
        transcript.onText(event.text);
        break;
      case 'reasoning':
        transcript.reasoning += event.text;
        transcript.onReasoning(event.text);
        break;
      case 'tool_call':
        addFragment(made.toolCalls, event);
        break;
      case 'sealed':
        made.reasoningDetails.push(event.detail);
        break;
      case 'end':
        end = { units: event.usage };
        break;
      default:
        event satisfies never;
    }
  }
  if (end === null) throw cutOff();
  return end;
}

function cutOff(): ProviderFault {
  return asFault(new Error('the stream stopped without an end'));
}

/** Stopped by the person: what was written is charged by our own count; before the first word, nothing. */
async function stopped(messages: TextMessage[], transcript: Transcript, made: Made): Promise<End> {
  const began = transcript.text !== '' || transcript.reasoning !== '';
  return {
    state: 'cancelled',
    ending: 'cancelled',
    usage: began ? await ownCount(messages, transcript) : null,
    answer: answerOf(transcript, made),
    outputs: [],
  };
}

async function ownCount(
  messages: TextMessage[],
  transcript: Transcript,
): Promise<{ units: Units; countedBy: 'estimated' }> {
  return {
    units: await estimateUsage(messages, transcript.reasoning + transcript.text),
    countedBy: 'estimated',
  };
}

function answerOf(transcript: Transcript, { toolCalls, reasoningDetails }: Made): SealedAnswer {
  return {
    text: transcript.text,
    reasoning: transcript.reasoning === '' ? null : transcript.reasoning,
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
    ...(reasoningDetails.length > 0 ? { reasoningDetails } : {}),
  };
}
