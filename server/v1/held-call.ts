import type { ServerResponse } from 'node:http';
import type { ContentKey } from '#server/artifacts/seal.ts';
import type { Receipt } from '#server/egress/egress.ts';
import type { ProviderRoute } from '#server/generations/configured-routes.ts';
import type { SealedAnswer } from '#server/generations/record.ts';
import type { Try, Wish } from '#server/generations/tries.ts';
import type { TextEvent, Units } from '#server/providers/provider.ts';
import type { ChatRequest } from './chat-request.ts';
import type { Caller } from './keys.ts';
import type { ApiError } from './openai-errors.ts';

/** A call for text, in whichever dialect, whose hold is granted. */
export interface HeldCall extends ChatRequest {
  id: string;
  holdId: string;
  caller: Caller;
  /** By which it goes now: another one once the first took nothing. */
  route: ProviderRoute;
  wish: Wish;
  tries: Try[];
  key: ContentKey;
  sentTo: Receipt[];
  /** What is available after the hold, in micro. */
  availableMicro: bigint;
  response: ServerResponse;
  /** What was written as the answer, kept for a call that may be repeated. */
  left: (string | Buffer)[] | null;
  /** How its answer is written. */
  dialect: Dialect;
  /** Who writes it, where it does not pass through. */
  writer: AnswerWriter | null;
  /** Its capture or release is under way. */
  ended: boolean;
  /** Set once the answer is written or the caller has gone. */
  release(): void;
}

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

export type End = Extract<TextEvent, { type: 'end' }>;
export type Gathered = SealedAnswer & { text: string };

/** What a call cost, known before its capture is committed: what the headers say is what is captured. */
export interface Cost {
  units: Units;
  chargeMicro: bigint;
  costMicro: bigint;
  lines: { unit: string; label: string; quantity: string; amountMicro: string }[];
  countedBy: 'provider' | 'estimated';
}

/** Writes a piece of the answer, and keeps it where the call may be repeated. To a caller who has gone nothing is written. */
export function put({ response, left }: HeldCall, piece: string): void {
  left?.push(piece);
  if (!response.destroyed) response.write(piece);
}
