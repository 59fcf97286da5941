import { jsonOrNull, readAs } from '../answers.ts';
import { textBound } from '../chat-completions/bound.ts';
import { kindsOf } from '../input-files.ts';
import { type Call, type Context, ProviderFault, type TextAdapter, type TextEvent } from '../provider.ts';
import { readEvents } from '../sse.ts';
import { googleFault, REFUSALS } from './faults.ts';
import { contentBody } from './request.ts';
import { signatureDetail } from './signatures.ts';
import { geminiUnits } from './usage.ts';
import { Content, type ReplyPart, type UsageMetadata } from './wire.ts';

const IDLE_MS = 10 * 60_000;
/** One streamed call yields no more; beyond it Gemini 4 wants the call repeated, and bills the prompt again. */
const MOST_OUTPUT_TOKENS = 65_536;

export const geminiText: TextAdapter = {
  kind: 'stream',
  bound: (call, { maxOutputTokens }) => textBound(call, Math.min(maxOutputTokens, MOST_OUTPUT_TOKENS)),
  stream,
};

async function* stream(call: Call, { route, send }: Context): AsyncGenerator<TextEvent> {
  const limit = Number(call.params.max_completion_tokens ?? MOST_OUTPUT_TOKENS);
  const capped = { ...call.params, max_completion_tokens: Math.min(limit, MOST_OUTPUT_TOKENS) };
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/models/${call.upstreamModel}:streamGenerateContent?alt=sse`,
    headers: { 'x-goog-api-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(contentBody({ ...call, params: capped })),
    kinds: kindsOf(call),
    idleMs: IDLE_MS,
  });
  if (answer.status !== 200) throw googleFault(answer.status, answer.headers, await answer.bytes());
  yield* read(answer.chunks(), call.upstreamModel);
}

async function* read(chunks: AsyncIterable<Buffer>, model: string): AsyncGenerator<TextEvent> {
  let finish: string | null = null;
  let blocked: string | null = null;
  let usage: UsageMetadata | null = null;
  let upstreamId: string | undefined;
  let calls = 0;
  let place = 0;
  for await (const { data } of readEvents(chunks)) {
    const chunk = readAs(jsonOrNull(data), Content);
    if (chunk.error != null)
      throw new ProviderFault('unknown', `in the stream: ${chunk.error.status} ${chunk.error.message}`, {
        accepted: 'yes',
        usage: usage === null ? undefined : geminiUnits(usage),
      });
    upstreamId ??= chunk.responseId ?? undefined;
    // Counts are cumulative: the last ones hold.
    if (chunk.usageMetadata != null) usage = chunk.usageMetadata;
    const candidate = chunk.candidates?.[0];
    for (const part of candidate?.content?.parts ?? []) {
      const id = part.functionCall == null ? undefined : (part.functionCall.id ?? newCallId());
      yield* eventsOf(part, calls, id);
      if (part.thoughtSignature)
        yield { type: 'sealed', detail: signatureDetail(model, place, part.thoughtSignature, id) };
      place += 1;
      if (part.functionCall != null) calls += 1;
    }
    blocked = chunk.promptFeedback?.blockReason ?? blocked;
    finish = blocked ?? candidate?.finishReason ?? finish;
  }
  if (finish === null)
    throw new ProviderFault('unknown', 'the stream stopped without a finish reason', { accepted: 'yes' });
  // The prompt itself was refused: nothing came, and nothing is billed for it.
  if (blocked !== null) yield { type: 'refusal', text: 'The provider’s safety filter refused this prompt.' };
  yield {
    type: 'end',
    finish: finishOf(finish, calls > 0),
    usage: blocked !== null ? {} : usage === null ? null : geminiUnits(usage),
    reasoningTokens: usage?.thoughtsTokenCount ?? undefined,
    upstreamId,
  };
}

const newCallId = () => `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;

function* eventsOf(part: ReplyPart, calls: number, id: string | undefined): Generator<TextEvent> {
  if (part.text) yield { type: part.thought === true ? 'reasoning' : 'text', text: part.text };
  if (part.functionCall == null) return;
  const { name, args } = part.functionCall;
  yield { type: 'tool_call', index: calls, id, name, arguments: JSON.stringify(args ?? {}) };
}

/** A tool call ends with `STOP` there; blocked prompts and answers are refusals, and what broke is a fault. */
function finishOf(reason: string, called: boolean): Extract<TextEvent, { type: 'end' }>['finish'] {
  if (REFUSALS.has(reason)) return 'content_filter';
  switch (reason) {
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'length';
    case 'MALFORMED_FUNCTION_CALL':
    case 'MALFORMED_RESPONSE':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
      throw new ProviderFault('unknown', reason, { accepted: 'yes' });
    default:
      return called ? 'tool_calls' : 'stop';
  }
}
