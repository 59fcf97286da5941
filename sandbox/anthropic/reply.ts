import type { Fault } from '../kit/faults.ts';
import { Frames } from '../kit/frames.ts';
import { seal } from '../kit/seal.ts';
import { countTokens } from '../kit/tokens.ts';
import type { Answer } from '../kit/turn.ts';
import type { MessageRequest } from './message-request.ts';

/** What a message says, and what it costs. */
export interface Reply {
  id: string;
  request: MessageRequest;
  answer: Answer;
  /** Shown with the thinking block; null when the model does not think. */
  thought: string | null;
  inputTokens: number;
  cacheRead: number;
  cacheWritten: number;
  cacheFor: '5m' | '1h' | null;
  fault: Readonly<Fault>;
}

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  tools: 'tool_use',
  stop_text: 'stop_sequence',
  refused: 'refusal',
  filtered: 'refusal',
} as const;

export function usageOf(reply: Reply, outputTokens: number) {
  const factor = reply.fault.usageFactor ?? 1;
  const { cacheFor, cacheWritten } = reply;
  return {
    input_tokens: reply.inputTokens * factor,
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: reply.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheFor === '5m' ? cacheWritten : 0,
      ephemeral_1h_input_tokens: cacheFor === '1h' ? cacheWritten : 0,
    },
    output_tokens: outputTokens * factor,
    output_tokens_details: { thinking_tokens: Math.min(reply.answer.thinkingTokens, outputTokens) },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
    speed: reply.request.speed ?? 'standard',
  };
}

export function contentOf({ answer, thought, request }: Reply): unknown[] {
  if (answer.finish === 'refused') return [];
  const text = answer.pieces.map((piece) => piece.text).join('');
  return [
    ...(thought === null
      ? []
      : [{ type: 'thinking', thinking: thought, signature: seal(request.model, thought) }]),
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...answer.toolCalls.map(({ id, name, input }) => ({
      type: 'tool_use',
      id: `toolu_${id}`,
      name,
      input,
      caller: { type: 'direct' },
    })),
  ];
}

export function endOf({ answer }: Reply) {
  const isRefusal = answer.finish === 'refused' || answer.finish === 'filtered';
  return {
    stop_reason: stopReasons[answer.finish],
    stop_sequence: answer.stopText ?? null,
    stop_details: isRefusal
      ? { type: 'refusal', category: 'general_harms', explanation: 'The request was declined.' }
      : null,
    container: null,
  };
}

export const outputOf = (reply: Reply) => (reply.answer.finish === 'refused' ? 0 : reply.answer.outputTokens);

export function framesOf(reply: Reply): Frames {
  const { answer, thought } = reply;
  const frames = new Frames(answer.finish === 'refused' ? 0 : answer.thinkingTokens);
  const put = (event: Record<string, unknown>, newTokens = 0) =>
    frames.put(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, newTokens);
  let index = 0;
  const block = (content_block: object, deltas: [object, number][]) => {
    put({ type: 'content_block_start', index, content_block });
    for (const [delta, tokens] of deltas) put({ type: 'content_block_delta', index, delta }, tokens);
    put({ type: 'content_block_stop', index });
    index += 1;
  };
  const empty = {
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
  };
  const start = {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.request.model,
    content: [],
    ...empty,
    usage: usageOf(reply, 1),
  };
  put({ type: 'message_start', message: start });
  put({ type: 'ping' });
  if (answer.finish !== 'refused') {
    if (thought !== null) {
      const shown: [object, number][] =
        thought === '' ? [] : [[{ type: 'thinking_delta', thinking: thought }, 0]];
      block({ type: 'thinking', thinking: '', signature: '' }, [
        ...shown,
        [{ type: 'signature_delta', signature: seal(reply.request.model, thought) }, 0],
      ]);
    }
    if (answer.pieces.length > 0) {
      block(
        { type: 'text', text: '', citations: null },
        answer.pieces.map(({ text, tokens }) => [{ type: 'text_delta', text }, tokens]),
      );
    }
    for (const { id, name, input } of answer.toolCalls) {
      const json = JSON.stringify(input);
      const half = Math.ceil(json.length / 2);
      const parts = ['', json.slice(0, half), json.slice(half)];
      block(
        { type: 'tool_use', id: `toolu_${id}`, name, input: {}, caller: { type: 'direct' } },
        parts.map((partial_json, at) => [
          { type: 'input_json_delta', partial_json },
          at === 2 ? countTokens(json) + 8 : 0,
        ]),
      );
    }
  }
  const { cache_creation, service_tier, inference_geo, speed, ...usage } = usageOf(reply, outputOf(reply));
  put({ type: 'message_delta', delta: endOf(reply), usage });
  put({ type: 'message_stop' });
  return frames;
}
