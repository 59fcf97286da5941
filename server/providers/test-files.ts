import sharp from 'sharp';
import type { InputFile } from './provider.ts';

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
  const samples = Buffer.alloc(16_000 * 2 * seconds);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return {
    id,
    name: 'mine.wav',
    mediaType: 'audio/wav',
    durationSeconds: seconds,
    bytes: Buffer.concat([head, samples]),
  };
}
