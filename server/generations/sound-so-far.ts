import type { ServerResponse } from 'node:http';
import type { SoundPiece } from '#server/providers/provider.ts';

/** Longer recordings are heard when they are whole: what is kept here is kept in memory. */
const MOST_BYTES = 24 * 1024 * 1024;

/** A recording that is being made in this process, as far as it is there. */
export interface SoundSoFar {
  /** Null before the first bytes, once all is said, and where it grew too large. */
  mediaType(): string | null;
  add(piece: SoundPiece): void;
  /** Writes it to somebody from its beginning, and goes on as it grows. The head must be written. */
  sendTo(response: ServerResponse): void;
  /** All is said. What is not whole breaks off, so that nobody takes it for all there was. */
  end(isWhole: boolean): void;
}

export function createSoundSoFar(onFirst: (mediaType: string) => void): SoundSoFar {
  const hearers = new Set<ServerResponse>();
  let pieces: Buffer[] = [];
  let bytes = 0;
  let mediaType: string | null = null;
  let isOver = false;
  const end = (isWhole: boolean) => {
    isOver = true;
    pieces = [];
    for (const response of hearers) isWhole ? response.end() : response.destroy();
    hearers.clear();
  };
  return {
    mediaType: () => (isOver ? null : mediaType),
    add(piece) {
      if (isOver) return;
      bytes += piece.sound.length;
      if (bytes > MOST_BYTES) {
        end(false);
        return;
      }
      pieces.push(piece.sound);
      for (const response of hearers) response.write(piece.sound);
      if (mediaType === null) {
        mediaType = piece.mediaType;
        onFirst(mediaType);
      }
    },
    sendTo(response) {
      for (const piece of pieces) response.write(piece);
      hearers.add(response);
      response.once('close', () => hearers.delete(response));
    },
    end,
  };
}
