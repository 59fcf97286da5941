import type { Fault } from './faults.ts';
import { answerTo, seedOf, subjectOf, valueFor } from './prose.ts';
import { countTokens, cutIntoPieces } from './tokens.ts';

/** What a text model is asked for, in no provider's words. */
export interface Turn {
  /** The last thing a person said. */
  prompt: string;
  /** Most tokens of output, thinking included. */
  limit: number;
  /** Tokens that the model would think for. */
  thinkingTokens: number;
  fault: Readonly<Fault>;
  tools?: readonly { name: string; schema?: unknown }[];
  /** A tool's name: it must be called; `any`: one must; `none`: none may. Else those are called that the prompt names. */
  toolChoice?: { name: string } | 'any' | 'none' | 'auto';
  /** What a tool said, when it is the last to have spoken. */
  toolAnswer?: string;
  /** The answer is JSON of this schema. */
  schema?: unknown;
  /** Text of which an answer ends. */
  stops?: readonly string[];
}

export interface Answer {
  pieces: { text: string; tokens: number }[];
  toolCalls: { id: string; name: string; input: Record<string, unknown> }[];
  thinkingTokens: number;
  /** Everything billed as output: text, arguments and thinking. */
  outputTokens: number;
  finish: 'stop' | 'length' | 'tools' | 'refused' | 'filtered' | 'stop_text';
  /** Which stop text ended it. */
  stopText?: string;
}

export const REFUSAL = "I'm sorry, but I can't help with that request.";
const TOKENS_PER_PIECE = 4;
const TOKENS_PER_CALL = 8;

export function answerTurn(turn: Turn): Answer {
  const thinkingTokens = Math.min(turn.thinkingTokens, turn.limit);
  const nothing = { pieces: [], toolCalls: [], thinkingTokens };
  if (turn.fault.refuse) {
    return { ...nothing, outputTokens: thinkingTokens + countTokens(REFUSAL), finish: 'refused' };
  }
  const called = toolsFor(turn);
  if (called.length > 0) {
    const toolCalls = called.map((tool) => callOf(tool, turn.prompt));
    const tokens = toolCalls.reduce(
      (sum, { input }) => sum + TOKENS_PER_CALL + countTokens(JSON.stringify(input)),
      0,
    );
    return { ...nothing, toolCalls, outputTokens: thinkingTokens + tokens, finish: 'tools' };
  }
  const { text, stopText } = stopAt(textFor(turn), turn.stops);
  const perPiece = turn.fault.minChunks === undefined ? TOKENS_PER_PIECE : 2;
  const { pieces, tokens, isWhole } = cutIntoPieces(text, Math.max(0, turn.limit - thinkingTokens), perPiece);
  if (turn.fault.moderated) {
    const kept = pieces.slice(0, Math.ceil(pieces.length / 3));
    const spent = kept.reduce((sum, piece) => sum + piece.tokens, 0);
    return { ...nothing, pieces: kept, outputTokens: thinkingTokens + spent, finish: 'filtered' };
  }
  const finish = !isWhole ? 'length' : stopText === undefined ? 'stop' : 'stop_text';
  return { ...nothing, pieces, outputTokens: thinkingTokens + tokens, finish, stopText };
}

type Tool = { name: string; schema?: unknown };

function toolsFor({ tools = [], toolChoice = 'auto', toolAnswer, prompt }: Turn): Tool[] {
  if (toolChoice === 'none') return [];
  if (typeof toolChoice === 'object') return tools.filter(({ name }) => name === toolChoice.name).slice(0, 1);
  const named = toolAnswer === undefined ? tools.filter(({ name }) => prompt.includes(name)) : [];
  return named.length === 0 && toolChoice === 'any' ? tools.slice(0, 1) : named;
}

function callOf({ name, schema }: Tool, prompt: string): Answer['toolCalls'][number] {
  const input = valueFor(schema ?? { type: 'object' }, subjectOf(prompt)) as Record<string, unknown>;
  const id = seedOf(prompt + name)
    .toString(36)
    .padStart(7, '0');
  return { id, name, input: input ?? {} };
}

function textFor({ schema, prompt, fault, toolAnswer }: Turn): string {
  if (schema !== undefined) return JSON.stringify(valueFor(schema, subjectOf(prompt)));
  if (toolAnswer !== undefined) {
    return `The tool answered: ${toolAnswer.slice(0, 400)}\n\n${answerTo(prompt, fault.words ?? 40)}`;
  }
  // A stream of at least n chunks of two tokens needs about 1.6 words a chunk.
  return answerTo(
    prompt,
    fault.words ?? (fault.minChunks === undefined ? undefined : Math.ceil(fault.minChunks * 1.8)),
  );
}

function stopAt(text: string, stops: readonly string[] = []): { text: string; stopText?: string } {
  let end = text.length;
  let stopText: string | undefined;
  for (const stop of stops) {
    const at = stop === '' ? -1 : text.indexOf(stop);
    if (at === -1 || at >= end) continue;
    end = at;
    stopText = stop;
  }
  return { text: text.slice(0, end), stopText };
}
