import { broken } from '../refused.ts';
import { type Measures, soundOf } from './measures.ts';

const OPUS_RATE = 48_000;
const NO_POSITION = 0xffff_ffff_ffff_ffffn;

/** Ogg with Opus, Vorbis or FLAC: the position of its last page, at the rate that its first one tells. */
export function measureOgg(file: Buffer): Measures {
  let codec: { serial: number; rate: number; skip: number } | null = null;
  let last = 0n;
  let at = 0;
  while (at + 27 <= file.length) {
    if (file.toString('latin1', at, at + 4) !== 'OggS') throw broken('recording');
    const segments = file[at + 26]!;
    const body = at + 27 + segments;
    if (body > file.length) throw broken('recording');
    let size = 0;
    for (let index = 0; index < segments; index++) size += file[at + 27 + index]!;
    if (body + size > file.length) throw broken('recording');
    const serial = file.readUInt32LE(at + 14);
    codec ??= codecOf(file.subarray(body, body + size), serial);
    const position = file.readBigUInt64LE(at + 6);
    if (serial === codec?.serial && position !== NO_POSITION && position > last) last = position;
    at = body + size;
  }
  if (codec === null) throw broken('recording');
  return soundOf(Math.max(0, Number(last) - codec.skip) / codec.rate);
}

function codecOf(head: Buffer, serial: number): { serial: number; rate: number; skip: number } | null {
  if (head.length >= 12 && head.toString('latin1', 0, 8) === 'OpusHead')
    return { serial, rate: OPUS_RATE, skip: head.readUInt16LE(10) };
  if (head.length >= 16 && head.toString('latin1', 1, 7) === 'vorbis')
    return known(serial, head.readUInt32LE(12));
  // FLAC: a header of 13 bytes stands before the marker's block, whose rate has 20 bits.
  if (head.length >= 34 && head.toString('latin1', 1, 5) === 'FLAC')
    return known(serial, head.readUIntBE(27, 3) >> 4);
  return null;
}

const known = (serial: number, rate: number) => (rate === 0 ? null : { serial, rate, skip: 0 });
