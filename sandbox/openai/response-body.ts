import type { Fault } from '../kit/faults.ts';
import { Frames } from '../kit/frames.ts';
import { seal } from '../kit/seal.ts';
import { type Answer, REFUSAL } from '../kit/turn.ts';
import type { Removed } from './reasoning-items.ts';
import type { ResponseRequest } from './response-request.ts';

/** What a response says, and what it costs. */
export interface Reply {
  id: string;
  createdAt: number;
  request: ResponseRequest;
  answer: Answer;
  removed: Removed[];
  inputTokens: number;
  cachedTokens: number;
  writtenTokens: number;
  /** What a host tells beside the tokens. */
  usageExtras?(usage: Usage, model: string): Record<string, unknown>;
  fault: Readonly<Fault>;
}

type Item = Record<string, unknown> & { id: string; type: string };

export interface Usage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
}

export function usageOf(reply: Reply, outputTokens: number): Usage & Record<string, unknown> {
  const factor = reply.fault.usageFactor ?? 1;
  const input_tokens = reply.inputTokens * factor;
  const output_tokens = outputTokens * factor;
  const usage = {
    input_tokens,
    input_tokens_details: {
      cached_tokens: reply.cachedTokens,
      cache_write_tokens: reply.writtenTokens,
      cache_write_tokens_details: { ttl_30m_tokens: reply.writtenTokens, ttl_12h_tokens: 0 },
    },
    output_tokens,
    output_tokens_details: { reasoning_tokens: Math.min(outputTokens, reply.answer.thinkingTokens) },
    total_tokens: input_tokens + output_tokens,
  };
  return { ...usage, ...reply.usageExtras?.(usage, reply.request.model) };
}

const textOf = ({ pieces }: Answer) => pieces.map(({ text }) => text).join('');

function itemsOf({ id, answer, request }: Reply): Item[] {
  const tail = id.slice('resp_'.length);
  const items: Item[] = [];
  if (answer.thinkingTokens > 0) {
    const isEncrypted = request.include?.includes('reasoning.encrypted_content') === true;
    const summary = request.reasoning?.summary
      ? [{ type: 'summary_text', text: 'First what is asked, then what is known.' }]
      : [];
    items.push({
      id: `rs_${tail}`,
      type: 'reasoning',
      summary,
      ...(isEncrypted && { encrypted_content: seal(request.model, `rs_${tail}`) }),
    });
  }
  for (const [at, { id: call, name, input }] of answer.toolCalls.entries()) {
    items.push({
      id: `fc_${tail}${at}`,
      type: 'function_call',
      status: 'completed',
      call_id: `call_${call}`,
      name,
      arguments: JSON.stringify(input),
    });
  }
  if (answer.toolCalls.length > 0) return items;
  const part =
    answer.finish === 'refused'
      ? { type: 'refusal', refusal: REFUSAL }
      : { type: 'output_text', text: textOf(answer), annotations: [], logprobs: [] };
  const isWhole = answer.finish !== 'length' && answer.finish !== 'filtered';
  if (answer.finish === 'refused' || answer.pieces.length > 0) {
    items.push({
      id: `msg_${tail}`,
      type: 'message',
      role: 'assistant',
      status: isWhole ? 'completed' : 'incomplete',
      content: [part],
    });
  }
  return items;
}

/** The response before, and after. */
export function bodyOf(reply: Reply, when: 'before' | 'done' | 'failed'): Record<string, unknown> {
  const { request, answer } = reply;
  const reason =
    answer.finish === 'length' ? 'max_output_tokens' : answer.finish === 'filtered' ? 'content_filter' : null;
  const isDone = when === 'done';
  const tier = request.service_tier ?? 'default';
  return {
    id: reply.id,
    object: 'response',
    created_at: reply.createdAt,
    status:
      when === 'failed'
        ? 'failed'
        : when === 'before'
          ? 'in_progress'
          : reason === null
            ? 'completed'
            : 'incomplete',
    background: request.background ?? false,
    completed_at: isDone && reason === null ? reply.createdAt : null,
    error:
      when === 'failed'
        ? { code: 'server_error', message: 'The model failed to generate a response.' }
        : null,
    incomplete_details: isDone && reason !== null ? { reason } : null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model: request.model,
    output: isDone ? itemsOf(reply) : [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    service_tier: tier === 'auto' ? 'default' : tier,
    store: request.store ?? true,
    temperature: 1,
    text: {
      format: request.text?.format ?? { type: 'text' },
      verbosity: request.text?.verbosity ?? 'medium',
    },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: isDone ? usageOf(reply, answer.outputTokens) : null,
    user: null,
    metadata: request.metadata ?? {},
    ...(reply.removed.length > 0 && { input_transformations: reply.removed }),
  };
}

/** The events of a stream; there is no `[DONE]`. */
export function framesOf(reply: Reply): Frames {
  const { answer, fault } = reply;
  const frames = new Frames(answer.thinkingTokens);
  let sequence = 0;
  const put = (type: string, fields: Record<string, unknown>, tokens = 0) => {
    frames.put(
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`,
      tokens,
    );
    sequence += 1;
  };
  put('response.created', { response: bodyOf(reply, 'before') });
  put('response.in_progress', { response: bodyOf(reply, 'before') });
  for (const [output_index, item] of itemsOf(reply).entries()) {
    const place = { item_id: item.id, output_index };
    if (item.type === 'message') {
      put('response.output_item.added', {
        output_index,
        item: { ...item, status: 'in_progress', content: [] },
      });
      putMessage(put, answer, place, item);
    } else if (item.type === 'function_call') {
      put('response.output_item.added', {
        output_index,
        item: { ...item, status: 'in_progress', arguments: '' },
      });
      const text = String(item.arguments);
      const half = Math.ceil(text.length / 2);
      for (const delta of [text.slice(0, half), text.slice(half)])
        put('response.function_call_arguments.delta', { ...place, delta });
      put(
        'response.function_call_arguments.done',
        { ...place, name: item.name, arguments: text },
        answer.outputTokens - answer.thinkingTokens,
      );
    } else putReasoning(put, place, item);
    put('response.output_item.done', { output_index, item });
  }
  if (fault.fail) {
    frames.breakOff();
    frames.put(
      `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', sequence_number: sequence, response: bodyOf(reply, 'failed') })}\n\n`,
    );
    return frames;
  }
  const body = bodyOf(reply, 'done');
  put(`response.${body.status}`, { response: body });
  return frames;
}

type Put = (type: string, fields: Record<string, unknown>, tokens?: number) => void;

function putReasoning(put: Put, place: { output_index: number }, item: Item): void {
  const { encrypted_content: _, ...begun } = item;
  put('response.output_item.added', {
    output_index: place.output_index,
    item: { ...begun, summary: [] },
  });
  for (const [summary_index, part] of (item.summary as { text: string }[]).entries()) {
    const at = { ...place, summary_index };
    put('response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } });
    const half = Math.ceil(part.text.length / 2);
    for (const delta of [part.text.slice(0, half), part.text.slice(half)])
      put('response.reasoning_summary_text.delta', { ...at, delta });
    put('response.reasoning_summary_text.done', { ...at, text: part.text });
    put('response.reasoning_summary_part.done', { ...at, part });
  }
}

function putMessage(put: Put, answer: Answer, place: Record<string, unknown>, item: Item): void {
  const at = { ...place, content_index: 0 };
  const [part] = item.content as Record<string, unknown>[];
  if (part?.type === 'refusal') {
    put('response.content_part.added', { ...at, part: { type: 'refusal', refusal: '' } });
    put('response.refusal.delta', { ...at, delta: REFUSAL }, answer.outputTokens - answer.thinkingTokens);
    put('response.refusal.done', { ...at, refusal: REFUSAL });
  } else {
    put('response.content_part.added', {
      ...at,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
    });
    for (const { text, tokens } of answer.pieces)
      put('response.output_text.delta', { ...at, delta: text, logprobs: [] }, tokens);
    put('response.output_text.done', { ...at, text: textOf(answer), logprobs: [] });
  }
  put('response.content_part.done', { ...at, part });
}
