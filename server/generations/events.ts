import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Generation, GenerationEvent } from '#contract/generations.ts';
import { findGeneration, triesOf } from './history.ts';
import type { Parts } from './parts.ts';
import type { Runs } from './runs.ts';
import type { Try } from './tries.ts';

/** Between two events a proxy must see that the line is alive. */
const BEAT_MS = 15_000;
/** When nothing is heard of a run elsewhere, the database is asked. */
const LOOK_MS = 2_000;

interface LivePiece {
  type: 'text' | 'reasoning';
  text: string;
  offset: number;
}

/** What is published of a run. */
type Heard =
  | LivePiece
  | { type: 'progress'; state: Generation['state']; progress: number | null }
  | { type: 'fallback'; tries: Try[] }
  | { type: 'look'; image: string }
  | { type: 'sound'; mediaType: string }
  | { type: 'end' | 'snapshot' | 'gone' };

/**
 * Sends one generation's events to a browser until it ends or the browser leaves: a snapshot with the words so far,
 * then pieces. Pieces carry their place, so that none is missed or said twice, whichever process runs it.
 */
export async function sendEvents(
  parts: Parts,
  runs: Runs,
  memberId: string,
  id: string,
  response: ServerResponse,
): Promise<void> {
  const have = { text: 0, reasoning: 0 };
  const early: object[] = [];
  let hear = (event: object): void => void early.push(event);
  const stopHearing = parts.live.subscribe(`generation:${id}`, (event) => hear(event));
  const timers: NodeJS.Timeout[] = [];
  const end = () => {
    stopHearing();
    for (const timer of timers) clearInterval(timer);
    if (!response.writableEnded) response.end();
  };
  response.on('close', end);
  const send = (event: z.output<typeof GenerationEvent>) => {
    // Two looks may be under way when the first finds the end: a write after it would be an error that nobody hears.
    if (!response.writableEnded)
      response.write(`data: ${JSON.stringify(z.encode(GenerationEvent, event))}\n\n`);
  };
  const snapshot = (generation: Generation) => {
    const transcript = runs.transcriptOf(id);
    const whole =
      transcript === null
        ? generation
        : { ...generation, text: transcript.text, reasoning: transcript.reasoning || null };
    have.text = whole.text?.length ?? 0;
    have.reasoning = whole.reasoning?.length ?? 0;
    const over = generation.finishedAt !== null;
    send({ type: over ? 'end' : 'snapshot', generation: whole });
    if (over) end();
    const sound = over ? null : runs.soundOf(id);
    if (sound !== null) send({ type: 'sound', mediaType: sound });
  };
  const look = async () => {
    const generation = await findGeneration(parts, memberId, id);
    if (generation === null) end();
    else snapshot(generation);
  };
  const failed = (error: unknown) =>
    parts.log.warn({ generationId: id, err: error }, 'events of a generation broke off');

  try {
    await look();
  } catch (error) {
    failed(error);
    end();
  }
  if (response.destroyed) end(); // left before we listened for it
  if (response.writableEnded) return;
  hear = (event) => {
    const piece = event as Heard;
    if (piece.type === 'text' || piece.type === 'reasoning') addPiece(piece);
    else if (piece.type === 'progress')
      send({ type: 'progress', state: piece.state, progress: piece.progress, costMicro: null });
    else if (piece.type === 'look') send({ type: 'look', image: piece.image });
    else if (piece.type === 'sound') send({ type: 'sound', mediaType: piece.mediaType });
    else if (piece.type === 'fallback') send({ type: 'fallback', tries: triesOf(parts, piece.tries) });
    else if (piece.type === 'end' || piece.type === 'snapshot' || piece.type === 'gone') look().catch(failed);
  };
  const addPiece = ({ type, text, offset }: LivePiece) => {
    const known = have[type] - offset;
    if (known < 0) {
      parts.live.publish(`generation:${id}`, { type: 'ask', have: have[type] });
      return;
    }
    if (known >= text.length) return;
    have[type] = offset + text.length;
    send({ type, text: text.slice(known) });
  };
  for (const event of early) hear(event);
  if (!runs.has(id)) parts.live.publish(`generation:${id}`, { type: 'ask', have: have.text });
  timers.push(setInterval(() => response.write(': still here\n\n'), BEAT_MS));
  // Elsewhere a process may die without a word; its end is then written by the reaper.
  timers.push(
    setInterval(
      () => void (runs.has(id) ? undefined : lookForEnd(parts, memberId, id, look).catch(failed)),
      LOOK_MS,
    ),
  );
}

async function lookForEnd(parts: Parts, memberId: string, id: string, look: () => Promise<void>) {
  const generation = await findGeneration(parts, memberId, id);
  if (generation === null || generation.finishedAt !== null) await look();
}
