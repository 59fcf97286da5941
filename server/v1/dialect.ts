import type { ServerResponse } from 'node:http';
import type { SealedAnswer } from '#server/generations/record.ts';
import type { TextEvent } from '#server/providers/provider.ts';
import type { Cost } from './finish.ts';
import type { HeldCall } from './held-call.ts';
import type { ApiError } from './openai-errors.ts';

export type End = Extract<TextEvent, { type: 'end' }>;
export type Gathered = SealedAnswer & { text: string };

/** One wire format for text: how an answer and a refusal are written in it. */
export interface Dialect {
  /** For one call, as a stream or whole, as it asked. */
  writer(call: HeldCall): AnswerWriter;
  /** Answers a call of which nothing was written yet. */
  refuse(response: ServerResponse, error: ApiError, headers?: Record<string, string>): void;
}

/** Writes one answer. `end` or `fail` is its last call. */
export interface AnswerWriter {
  /** Whether something was written: a refusal would come too late. */
  began(): boolean;
  event(event: TextEvent): void;
  end(cost: Cost, end: End, gathered: Gathered): void;
  /** Ends a stream that began and cannot go on. Twice is harmless. */
  fail(message: string): void;
}

/** Writes a piece of the answer, and keeps it where the call may be repeated. To a caller who has gone nothing is written. */
export function put({ response, left }: HeldCall, piece: string): void {
  left?.push(piece);
  if (!response.destroyed) response.write(piece);
}
