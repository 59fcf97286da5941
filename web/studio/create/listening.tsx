import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Generation } from '#contract/generations.ts';
import { reach } from '../../call.ts';
import classes from './create.module.css';
import { soundQuery } from './generation.ts';
import { sourceKind } from './playable.ts';

interface ListeningProps {
  run: Generation;
  /** It cannot be played any further: what there is to hear comes when it is whole. */
  onBroken: () => void;
}

/** Plays a recording from its beginning while the rest is still being made. */
export function Listening({ run: { id, title }, onBroken }: ListeningProps) {
  const player = useRef<HTMLAudioElement>(null);
  const cache = useQueryClient();
  const [mediaType] = useState(() => cache.getQueryData(soundQuery(id).queryKey));
  const broken = useRef(onBroken);
  broken.current = onBroken;
  // The player is outside React.
  useEffect(() => {
    if (player.current === null) return;
    if (mediaType == null) return broken.current();
    return play(player.current, `/api/generations/${id}/sound`, mediaType, () => broken.current());
  }, [id, mediaType]);
  return (
    <div className={classes.output}>
      {/* biome-ignore lint/a11y/useMediaCaption: the words that are spoken stand above */}
      <audio ref={player} controls autoPlay aria-label={title} />
    </div>
  );
}

/** Feeds the player with what comes from `url`. Returns what ends it. */
function play(player: HTMLAudioElement, url: string, mediaType: string, onBroken: () => void): () => void {
  const leave = new AbortController();
  const source = new (sourceKind() ?? MediaSource)();
  const address = URL.createObjectURL(source);
  // A managed source asks for this: it cannot be sent on to a loudspeaker elsewhere.
  player.disableRemotePlayback = true;
  player.src = address;
  source.addEventListener(
    'sourceopen',
    () =>
      void feed(source, url, mediaType, leave.signal).catch(() => {
        if (!leave.signal.aborted) onBroken();
      }),
    { once: true },
  );
  return () => {
    leave.abort();
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(address);
  };
}

async function feed(source: MediaSource, url: string, mediaType: string, signal: AbortSignal): Promise<void> {
  const buffer = source.addSourceBuffer(mediaType);
  const { body } = await reach(url, { signal });
  const reader = body!.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const added = new Promise((resolve) => buffer.addEventListener('updateend', resolve, { once: true }));
    buffer.appendBuffer(piece.value);
    await added;
  }
  source.endOfStream();
}
