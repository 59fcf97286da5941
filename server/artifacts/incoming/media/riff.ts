import { broken } from '../refused.ts';
import { type Measures, soundOf } from './measures.ts';

/** A length that a recorder never came to fill in. */
const OPEN_ENDED = 0xffff_ffff;

/** WAV: the bytes of its data at its rate of bytes. */
export function measureWav(file: Buffer): Measures {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    const name = file.toString('latin1', at, at + 4);
    if (name === 'fmt ' && at + 20 <= file.length) bytesPerSecond = file.readUInt32LE(at + 16);
    if (name === 'data') {
      const there = file.length - at - 8;
      const isOpen = size === OPEN_ENDED || size === 0;
      if (bytesPerSecond === 0 || (!isOpen && size > there)) throw broken('recording');
      return soundOf((isOpen ? there : size) / bytesPerSecond);
    }
    at += 8 + size + (size % 2);
  }
  throw broken('recording');
}
