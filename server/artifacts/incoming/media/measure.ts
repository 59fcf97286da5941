import { broken } from '../refused.ts';
import { measureFlac } from './flac.ts';
import type { Measures } from './measures.ts';
import { measureMp4 } from './mp4.ts';
import { measureAdts, measureMp3 } from './mpeg.ts';
import { measureOgg } from './ogg.ts';
import { measureWav } from './riff.ts';
import { measureWebm } from './webm.ts';

const readers: Record<string, (file: Buffer) => Measures> = {
  'audio/wav': measureWav,
  'audio/mpeg': measureMp3,
  'audio/aac': measureAdts,
  'audio/ogg': measureOgg,
  'audio/flac': measureFlac,
  'audio/x-m4a': measureMp4,
  'video/mp4': measureMp4,
  'video/quicktime': measureMp4,
  'audio/webm': measureWebm,
  'video/webm': measureWebm,
};

/** Kinds of sounds and clips that are taken in. */
export const isMeasured = (mediaType: string): boolean => mediaType in readers;

/**
 * Length, sides and frames of a sound or clip, read from its headers within its own size: nothing is decoded. Null for
 * a kind that is not taken in. Throws `FileRefused` for one that is cut short or damaged.
 */
export function measure(file: Buffer, mediaType: string): Measures | null {
  try {
    return readers[mediaType]?.(file) ?? null;
  } catch (cause) {
    if (cause instanceof RangeError) throw broken('file'); // a header that points past the end
    throw cause;
  }
}
