import { broken } from '../refused.ts';
import { type Measures, soundOf } from './measures.ts';

/** FLAC: the number of samples at their rate, which stand first. Encoders that write as they go leave the number out. */
export function measureFlac(file: Buffer): Measures {
  if (file.length < 42 || (file[4]! & 0x7f) !== 0) throw broken('recording');
  const word = file.readBigUInt64BE(18);
  const rate = Number(word >> 44n);
  const samples = Number(word & 0xf_ffff_ffffn);
  if (rate === 0) throw broken('recording');
  return soundOf(samples === 0 ? null : samples / rate);
}
