import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { asService } from '#server/database/transaction.ts';
import { renewLeases } from '#server/ledger/ledger.ts';
import type { InputFile, SoundPiece } from '#server/providers/provider.ts';
import type { ProviderRoute } from './configured-routes.ts';
import { findGeneration } from './history.ts';
import { partialsFor } from './looks.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';
import { runMedia } from './run-media.ts';
import { createPoke, OutcomeUnknown } from './run-task.ts';
import { runText, type Transcript } from './run-text.ts';
import { type End, settle } from './settle.ts';
import { createSoundSoFar, type SoundSoFar } from './sound-so-far.ts';
import { LEASE_SECONDS } from './states.ts';

/** What this process is running now: begun by a person, or taken over from a process that died. */
export interface Runs {
  /** `onSound` hears a recording while it is made. */
  begin(
    running: Running,
    route: ProviderRoute,
    files: InputFile[],
    onSound?: (piece: SoundPiece) => void,
  ): void;
  /** Stops it here or, by a live event, in the process that runs it. Not once `onSound` has heard some of it. */
  cancel(id: string): void;
  poke(id: string): void;
  has(id: string): boolean;
  /** Whether this process watches over a hold, by `begin` or `watch`. */
  watches(holdId: string): boolean;
  /** The words so far of a text that runs here. */
  transcriptOf(id: string): Transcript | null;
  /** What kind of sound may be heard of a run while it is made here; null for none, or not yet. */
  soundOf(id: string): string | null;
  /** Writes that sound to somebody, from its beginning. It is not stopped any more then, as with `onSound`. */
  hearSound(id: string, response: ServerResponse): void;
  /** Hears of a hold that this process watches over outside of `begin`: a call of `/v1`. */
  watch(holdId: string): () => void;
  /** Lets texts end; leaves jobs to whoever starts next. */
  close(): Promise<void>;
}

interface Entry {
  running: Running;
  abort: AbortController;
  poke: ReturnType<typeof createPoke>;
  transcript: Transcript;
  onSound: (piece: SoundPiece) => void;
  /** What nobody took with `onSound`: kept for who asks for it. */
  sound: SoundSoFar | null;
  /** Some of it was given away already, and the provider bills it whole. */
  isHeard: boolean;
}

const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const CLOSE_WAIT_MS = 5_000;

export function createRuns(parts: Parts): Runs {
  const entries = new Map<string, Entry>();
  const watched = new Set<string>();
  let closing = false;

  const renewal = setInterval(() => {
    const holds = [...entries.values().map((entry) => entry.running.holdId), ...watched];
    if (holds.length === 0) return;
    renewLeases(parts.pools, holds, LEASE_SECONDS).catch((error) =>
      parts.log.error({ err: error, count: holds.length }, 'leases were not renewed'),
    );
  }, RENEW_MS);
  renewal.unref();

  return {
    begin(running, route, files, onSound) {
      if (entries.has(running.id)) return;
      const entry = entryFor(parts, running, onSound);
      entries.set(running.id, entry);
      const stopHearing = parts.live.subscribe(`generation:${running.id}`, (event) =>
        hear(parts, entry, event as { type: string; have?: number }),
      );
      carry(parts, entry, route, files, () => closing)
        .catch((error) =>
          parts.log.error(
            { generationId: running.id, err: error },
            'a run broke; it is taken up again when its lease ends',
          ),
        )
        .finally(() => {
          stopHearing();
          entries.delete(running.id);
        });
    },
    cancel(id) {
      const entry = entries.get(id);
      if (entry !== undefined) stop(entry);
      else parts.live.publish(`generation:${id}`, { type: 'cancel' });
    },
    poke(id) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.poke.now();
      else parts.live.publish(`generation:${id}`, { type: 'poke' });
    },
    has: (id) => entries.has(id),
    watches: (holdId) =>
      watched.has(holdId) || entries.values().some((entry) => entry.running.holdId === holdId),
    transcriptOf: (id) => entries.get(id)?.transcript ?? null,
    soundOf: (id) => entries.get(id)?.sound?.mediaType() ?? null,
    hearSound(id, response) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.isHeard = true;
      entry.sound?.sendTo(response);
    },
    watch(holdId) {
      watched.add(holdId);
      return () => watched.delete(holdId);
    },
    async close() {
      closing = true;
      clearInterval(renewal);
      const isText = () => entries.values().some((entry) => entry.running.kind === 'text');
      for (const until = Date.now() + CLOSE_WAIT_MS; Date.now() < until; await delay(20))
        if (watched.size === 0 && !isText()) return;
    },
  };
}

function entryFor(parts: Parts, running: Running, onSound?: (piece: SoundPiece) => void): Entry {
  const topic = `generation:${running.id}`;
  const tellOfSound = (mediaType: string) => parts.live.publish(topic, { type: 'sound', mediaType });
  const entry: Entry = {
    running,
    abort: new AbortController(),
    poke: createPoke(),
    transcript: transcriptFor(parts, running),
    sound: onSound === undefined ? createSoundSoFar(tellOfSound) : null,
    onSound(piece) {
      entry.sound?.add(piece);
      if (onSound === undefined) return;
      entry.isHeard = true;
      onSound(piece);
    },
    isHeard: false,
  };
  return entry;
}

/** Sound that is being heard is not stopped: whoever heard nearly all of it would have it for nothing. */
function stop({ abort, isHeard }: Entry) {
  if (!isHeard) abort.abort(new Error('stopped by the person'));
}

/** What other processes ask of a run that is here. */
function hear(parts: Parts, entry: Entry, event: { type: string; have?: number }) {
  if (event.type === 'cancel') stop(entry);
  if (event.type === 'poke') entry.poke.now();
  if (event.type === 'ask') publishFrom(parts, entry, event.have ?? 0);
}

const PIECE = 1_500;

/** The words from `have` on, in pieces that fit a notification. */
function publishFrom(parts: Parts, { running, transcript }: Entry, have: number) {
  for (let at = have; at < transcript.text.length; at += PIECE) {
    parts.live.publish(`generation:${running.id}`, {
      type: 'text',
      text: transcript.text.slice(at, at + PIECE),
      offset: at,
    });
  }
}

/** Pieces leave together, a few times a second: a token a message would cost more than the tokens. */
const GATHER_MS = 60;

function transcriptFor(parts: Parts, running: Running): Transcript {
  const topic = `generation:${running.id}`;
  let waiting: { type: 'text' | 'reasoning'; text: string; offset: number } | null = null;
  const flush = () => {
    if (waiting !== null) parts.live.publish(topic, waiting);
    waiting = null;
  };
  const add = (type: 'text' | 'reasoning', text: string, end: number) => {
    if (waiting !== null && waiting.type !== type) flush();
    if (waiting === null) {
      waiting = { type, text, offset: end - text.length };
      setTimeout(flush, GATHER_MS);
    } else waiting.text += text;
  };
  const transcript: Transcript = {
    text: '',
    reasoning: '',
    onText: (text) => add('text', text, transcript.text.length),
    onReasoning: (text) => add('reasoning', text, transcript.reasoning.length),
  };
  return transcript;
}

async function carry(
  parts: Parts,
  entry: Entry,
  route: ProviderRoute,
  files: InputFile[],
  isClosing: () => boolean,
) {
  const { running, abort, transcript, poke } = entry;
  const topic = `generation:${running.id}`;
  try {
    const onProgress = (progress: number | null) =>
      parts.live.publish(topic, { type: 'progress', state: running.state, progress, costMicro: null });
    const onPartial = partialsFor(parts, running, transcript, entry.onSound);
    const end =
      running.kind === 'text'
        ? await runText(parts, running, route, files, transcript, abort.signal)
        : await runMedia(parts, running, route, files, { onProgress, onPartial, poke }, abort.signal);
    if (isClosing() && running.kind !== 'text') return; // the job goes on at the provider; the next start resumes it
    await settleSurely(parts, running, end);
    entry.sound?.end(end.state === 'settled');
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error;
    await becomeUnknown(parts, running, error);
  } finally {
    entry.sound?.end(false);
    const generation = await findGeneration(parts, running.memberId, running.id).catch(() => null);
    if (generation !== null)
      // Hearers read the rest from the database: a notification is short, and money in it could not be JSON.
      parts.live.publish(topic, { type: generation.finishedAt === null ? 'snapshot' : 'end' });
  }
}

/** The end is known: it is written even if the database is away for a moment. */
async function settleSurely(parts: Parts, running: Running, end: End) {
  for (let tries = 1; ; tries++) {
    try {
      await settle(parts, running, end);
      return;
    } catch (error) {
      parts.log.error(
        { generationId: running.id, attempt: tries, err: error },
        'a generation could not be settled',
      );
      if (tries === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** tries));
    }
  }
}

async function becomeUnknown(parts: Parts, running: Running, { until }: OutcomeUnknown) {
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.generation')
      .set({ state: 'unknown', heldUntil: until, sentTo: JSON.stringify(running.sentTo) })
      .where('userId', '=', running.memberId)
      .where('id', '=', running.id)
      .where('finishedAt', 'is', null)
      .where('task', 'is', null)
      .execute(),
  );
  parts.log.warn(
    { generationId: running.id, provider: running.providerId },
    'the outcome of a generation is not known',
  );
}
