import sharp from 'sharp';
import type { InputFile } from './provider.ts';
import { wavOf } from './wav.ts';

export const FILE_ID = '0190a0a0-0000-7000-8000-000000000001';

/** A real PNG, for tests. */
export async function aPicture(id = FILE_ID, width = 512, height = 512): Promise<InputFile> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();
  return { id, name: 'mine.png', mediaType: 'image/png', width, height, bytes };
}

/** A second of silence: 16,000 samples of 16 bits. */
export function aRecording(id = FILE_ID, seconds = 1): InputFile {
  return {
    id,
    name: 'mine.wav',
    mediaType: 'audio/wav',
    durationSeconds: seconds,
    bytes: wavOf(Buffer.alloc(16_000 * 2 * seconds), 16_000),
  };
}
