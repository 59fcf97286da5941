import type { ServerResponse } from 'node:http';
import type { ContentKey } from '#server/artifacts/seal.ts';
import type { Receipt } from '#server/egress/egress.ts';
import type { ProviderRoute } from '#server/generations/configured-routes.ts';
import type { Try, Wish } from '#server/generations/tries.ts';
import type { ChatRequest } from './chat-request.ts';
import type { AnswerWriter, Dialect } from './dialect.ts';
import type { Caller } from './keys.ts';

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
