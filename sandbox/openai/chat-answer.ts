import type { Fault } from '../kit/faults.ts';
import { countTokens } from '../kit/tokens.ts';
import { answerTurn, REFUSAL } from '../kit/turn.ts';
import type { ChatMessage, ChatRequest } from './chat-request.ts';
import { textModels } from './models.ts';

interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** What one choice says, and what it costs. */
export interface Choice {
  pieces: { text: string; tokens: number }[];
  refusal: string | null;
  toolCalls: ToolCall[];
  reasoningTokens: number;
  /** Everything billed as output: text, refusal, arguments and reasoning. */
  completionTokens: number;
  finish: 'stop' | 'length' | 'tool_calls' | 'content_filter';
}

export const reasoningByEffort: Record<string, number> = {
  none: 0,
  minimal: 0,
  low: 24,
  medium: 64,
  high: 256,
  xhigh: 512,
  max: 1024,
};

/** All text of a message. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n');
}

/** The last thing a person said. */
export function promptOf(messages: readonly ChatMessage[]): string {
  return textOf(messages.findLast(({ role }) => role === 'user')?.content);
}

export function countPromptTokens(request: ChatRequest): number {
  let tokens = 3;
  for (const message of request.messages) {
    tokens += 3 + countTokens(textOf(message.content));
    if (Array.isArray(message.tool_calls)) tokens += countTokens(JSON.stringify(message.tool_calls));
    if (!Array.isArray(message.content)) continue;
    for (const part of message.content) {
      if (part?.type === 'image_url') tokens += part.image_url?.detail === 'low' ? 85 : 765;
      else if (part?.type === 'input_audio')
        tokens += Math.ceil(String(part.input_audio?.data ?? '').length / 2000) + 10;
      else if (part?.type === 'file') tokens += 1500;
    }
  }
  return request.tools ? tokens + countTokens(JSON.stringify(request.tools)) : tokens;
}

export function choose(request: ChatRequest, fault: Readonly<Fault>, index: number): Choice {
  const last = request.messages.at(-1);
  const answer = answerTurn({
    prompt: promptOf(request.messages) + (index === 0 ? '' : ` #${index + 1}`),
    limit: request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY,
    thinkingTokens: textModels[request.model]?.reasons
      ? (reasoningByEffort[request.reasoning_effort ?? 'medium'] ?? 64)
      : 0,
    fault,
    tools: (request.tools ?? []).flatMap(({ function: made }) =>
      made ? [{ name: made.name, schema: made.parameters }] : [],
    ),
    toolChoice: toolChoiceOf(request.tool_choice),
    ...(last?.role === 'tool' && { toolAnswer: textOf(last.content) }),
    schema: schemaOf(request),
    stops: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []),
  });
  const finishes = {
    stop: 'stop',
    stop_text: 'stop',
    refused: 'stop',
    length: 'length',
    tools: 'tool_calls',
    filtered: 'content_filter',
  } as const;
  return {
    pieces: answer.pieces,
    refusal: answer.finish === 'refused' ? REFUSAL : null,
    toolCalls: answer.toolCalls.map(({ id, name, input }) => ({
      id: `call_${id}${request.messages.length}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    })),
    reasoningTokens: answer.thinkingTokens,
    completionTokens: answer.outputTokens,
    finish: finishes[answer.finish],
  };
}

function toolChoiceOf(choice: unknown): { name: string } | 'any' | 'none' | 'auto' {
  if (choice === 'none') return 'none';
  if (choice === 'required') return 'any';
  const name = (choice as { function?: { name?: string } } | null | undefined)?.function?.name;
  return name === undefined ? 'auto' : { name };
}

function schemaOf({ response_format: format }: ChatRequest): unknown {
  if (format?.type === 'json_schema') return format.json_schema?.schema ?? { type: 'object' };
  if (format?.type !== 'json_object') return undefined;
  return { type: 'object', properties: { subject: { type: 'string' }, answer: { type: 'string' } } };
}
