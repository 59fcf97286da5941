import sharp from 'sharp';
import type { PartialResult, SoundPiece } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';
import type { Transcript } from './run-text.ts';

/** A look is small, since it goes to other processes in a notification. */
const SIDE = 160;
const LOOK_MOST_BYTES = 5_000;
const QUALITIES = [60, 40, 20];

/**
 * Hands on what is being made before it is whole: words as those of any text, a small look at a picture, and sound to
 * whoever began it here. Looks are hints: one that is lost or too large is not missed, and nothing of them is kept.
 */
export function partialsFor(
  parts: Pick<Parts, 'live' | 'log'>,
  { id }: Pick<Running, 'id'>,
  transcript: Transcript,
  onSound: (piece: SoundPiece) => void,
): (piece: PartialResult) => void {
  return (piece) => {
    if ('text' in piece) {
      transcript.text += piece.text;
      transcript.onText(piece.text);
      return;
    }
    if ('sound' in piece) {
      onSound(piece);
      return;
    }
    lookOf(piece.bytes)
      .then((image) => image && parts.live.publish(`generation:${id}`, { type: 'look', image }))
      .catch((error: unknown) =>
        parts.log.warn({ generationId: id, err: error }, 'a look could not be shown'),
      );
  };
}

/** A small WebP as base64; null where it cannot be made small enough. */
export async function lookOf(bytes: Buffer): Promise<string | null> {
  const small = sharp(bytes, { limitInputPixels: 100_000_000 }).resize(SIDE, SIDE, { fit: 'inside' });
  for (const quality of QUALITIES) {
    const image = await small.clone().webp({ quality }).toBuffer();
    if (image.length <= LOOK_MOST_BYTES) return image.toString('base64');
  }
  return null;
}
