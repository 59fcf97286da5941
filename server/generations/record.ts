import type { GenerationState } from '#contract/generations.ts';
import type { ContentKey } from '#server/artifacts/seal.ts';
import { open, type Place, seal } from '#server/artifacts/seal.ts';
import type { Receipt } from '#server/egress/egress.ts';
import type { Operation, Task, Units } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import type { ToolCall } from '#server/providers/tool-calls.ts';
import type { Try, Wish } from './tries.ts';

/** What was asked, as it is sealed: the same six things come back in the history (clause 2.4). */
export interface SealedAsk {
  params: Record<string, unknown>;
  /** What the person demanded of the way. */
  wish?: Wish;
}

/** The answer in words, as it is sealed. */
export interface SealedAnswer {
  text: string | null;
  reasoning: string | null;
  toolCalls?: ToolCall[];
  /** What the provider wants back with the next turn. It never leaves by the studio's addresses. */
  reasoningDetails?: ReasoningDetail[];
  /** The answer as it left, for a call that may be repeated: see `v1/idempotency.ts`. */
  wire?: { isStream: boolean; body: string };
  /** The provider's own reason, for staff; sealed since it may quote the prompt. */
  fault?: string;
}

/** A running generation as the pipeline holds it: what its row says, and what was opened of it. */
export interface Running {
  memberId: string;
  id: string;
  holdId: string;
  source: 'studio' | 'api';
  kind: Operation;
  modelId: string;
  providerId: string;
  routeId: string;
  priceVersion: string;
  state: GenerationState;
  heldMicro: bigint;
  params: Record<string, unknown>;
  fileIds: string[];
  bound: Units;
  task: Task | null;
  wish: Wish;
  tries: Try[];
  sentTo: Receipt[];
  key: ContentKey;
}

export function sealAsk(key: ContentKey, memberId: string, id: string, ask: SealedAsk): Buffer {
  return seal(key, askPlace(memberId, id), JSON.stringify(ask));
}

export function openAsk(key: ContentKey, memberId: string, id: string, sealed: Buffer): SealedAsk {
  return JSON.parse(open(key, askPlace(memberId, id), sealed).toString()) as SealedAsk;
}

export function sealAnswer(key: ContentKey, memberId: string, id: string, answer: SealedAnswer): Buffer {
  return seal(key, answerPlace(memberId, id), JSON.stringify(answer));
}

export function openAnswer(key: ContentKey, memberId: string, id: string, sealed: Buffer): SealedAnswer {
  return JSON.parse(open(key, answerPlace(memberId, id), sealed).toString()) as SealedAnswer;
}

export function sealTitle(key: ContentKey, memberId: string, id: string, title: string): Buffer {
  return seal(key, titlePlace(memberId, id), title);
}

export function openTitle(key: ContentKey, memberId: string, id: string, sealed: Buffer): string {
  return open(key, titlePlace(memberId, id), sealed).toString();
}

/** The first words of what was asked, for lists. */
export function titleOf(params: Record<string, unknown>): string {
  return firstWords(typeof params.prompt === 'string' ? params.prompt : lastQuestion(params.messages));
}

const TITLE_LENGTH = 120;

function firstWords(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1)}…`;
}

function lastQuestion(messages: unknown): string {
  if (!Array.isArray(messages)) return '';
  const last = messages.findLast((message) => message?.role === 'user');
  if (typeof last?.content === 'string') return last.content;
  if (!Array.isArray(last?.content)) return '';
  return last.content
    .map((part: { type?: string; text?: string }) => (part.type === 'text' ? part.text : ''))
    .join(' ');
}

const askPlace = (memberId: string, rowId: string): Place => ({
  column: 'generations.generation.ask_body',
  memberId,
  rowId,
});
const answerPlace = (memberId: string, rowId: string): Place => ({
  column: 'generations.generation.answer_body',
  memberId,
  rowId,
});
const titlePlace = (memberId: string, rowId: string): Place => ({
  column: 'generations.generation.title_sealed',
  memberId,
  rowId,
});
