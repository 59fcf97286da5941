import type { Fault } from '../kit/faults.ts';
import { answerTo, seedOf, subjectOf, valueFor } from '../kit/prose.ts';
import { countTokens, cutIntoPieces } from '../kit/tokens.ts';
import type { ChatMessage, ChatRequest } from './chat-request.ts';
import { textModels } from './models.ts';

export interface ToolCall {
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

const TOKENS_PER_PIECE = 4;
const reasoningByEffort: Record<string, number> = {
  none: 0,
  minimal: 0,
  low: 24,
  medium: 64,
  high: 256,
  xhigh: 512,
  max: 1024,
};

/** All text of a message, and a rough count for its other parts. */
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
  const prompt = promptOf(request.messages) + (index === 0 ? '' : ` #${index + 1}`);
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const reasons = textModels[request.model]?.reasons ?? false;
  const wanted = reasons ? (reasoningByEffort[request.reasoning_effort ?? 'medium'] ?? 64) : 0;
  const reasoningTokens = Math.min(wanted, limit);
  if (fault.refuse) return refused(reasoningTokens);
  const toolCalls = toolCallsFor(request, prompt);
  if (toolCalls.length > 0) {
    const tokens = toolCalls.reduce((sum, call) => sum + 8 + countTokens(call.function.arguments), 0);
    return {
      pieces: [],
      refusal: null,
      toolCalls,
      reasoningTokens,
      completionTokens: reasoningTokens + tokens,
      finish: 'tool_calls',
    };
  }
  const text = contentFor(request, prompt, fault);
  const room = Math.max(0, limit - reasoningTokens);
  const perPiece = fault.minChunks === undefined ? TOKENS_PER_PIECE : 2;
  const { pieces, tokens, isWhole } = cutIntoPieces(text, room, perPiece);
  if (fault.moderated) {
    const kept = pieces.slice(0, Math.ceil(pieces.length / 3));
    const spent = kept.reduce((sum, piece) => sum + piece.tokens, 0);
    return {
      pieces: kept,
      refusal: null,
      toolCalls: [],
      reasoningTokens,
      completionTokens: reasoningTokens + spent,
      finish: 'content_filter',
    };
  }
  return {
    pieces,
    refusal: null,
    toolCalls: [],
    reasoningTokens,
    completionTokens: reasoningTokens + tokens,
    finish: isWhole ? 'stop' : 'length',
  };
}

function refused(reasoningTokens: number): Choice {
  const refusal = "I'm sorry, but I can't help with that request.";
  const completionTokens = reasoningTokens + countTokens(refusal);
  return { pieces: [], refusal, toolCalls: [], reasoningTokens, completionTokens, finish: 'stop' };
}

function contentFor(request: ChatRequest, prompt: string, fault: Readonly<Fault>): string {
  const format = request.response_format;
  if (format?.type === 'json_schema')
    return JSON.stringify(valueFor(format.json_schema?.schema, subjectOf(prompt)));
  if (format?.type === 'json_object')
    return JSON.stringify({ subject: subjectOf(prompt), answer: answerTo(prompt, 30) });
  const last = request.messages.at(-1);
  if (last?.role === 'tool')
    return `The tool answered: ${textOf(last.content).slice(0, 400)}\n\n${answerTo(prompt, fault.words ?? 40)}`;
  // A stream of at least n chunks of two tokens needs about 1.6 words a chunk.
  return answerTo(
    prompt,
    fault.words ?? (fault.minChunks === undefined ? undefined : Math.ceil(fault.minChunks * 1.8)),
  );
}

/** Calls a tool where the request demands one, or where the prompt names one. */
function toolCallsFor(request: ChatRequest, prompt: string): ToolCall[] {
  const functions = (request.tools ?? []).flatMap((tool) =>
    tool.function === undefined ? [] : [tool.function],
  );
  if (functions.length === 0 || request.tool_choice === 'none') return [];
  const chosen = request.tool_choice as { type?: string; function?: { name?: string } } | undefined;
  const demanded = functions.find(({ name }) => name === chosen?.function?.name);
  const isAnswered = request.messages.at(-1)?.role === 'tool';
  const named = isAnswered ? undefined : functions.find(({ name }) => prompt.includes(name));
  const called = demanded ?? named ?? (request.tool_choice === 'required' ? functions[0] : undefined);
  if (called === undefined) return [];
  const id = `call_${seedOf(prompt + called.name).toString(36)}${request.messages.length}`;
  const args = JSON.stringify(valueFor(called.parameters ?? { type: 'object' }, subjectOf(prompt)));
  return [{ id, type: 'function', function: { name: called.name, arguments: args } }];
}
