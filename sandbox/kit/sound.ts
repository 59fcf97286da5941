import { numbersFrom, seedOf } from './prose.ts';

/** A tone of a melody: its pitch and how long it lasts. */
interface Note {
  hertz: number;
  seconds: number;
}

/** How long it takes to say a text, at about 15 characters a second. */
export function secondsToSay(text: string, speed = 1): number {
  return Math.max(0.6, Math.round((text.length / (15 * speed)) * 10) / 10);
}

/** A row of notes that lasts `seconds`, the same for the same text. */
export function melodyFor(text: string, seconds: number): Note[] {
  const next = numbersFrom(seedOf(text));
  const scale = [262, 294, 330, 392, 440, 523];
  const notes: Note[] = [];
  for (let at = 0; at < seconds; at += 0.25) {
    notes.push({
      hertz: scale[Math.floor(next() * scale.length)] as number,
      seconds: Math.min(0.25, seconds - at),
    });
  }
  return notes;
}

/** Samples of 16 bits, little endian, one channel. */
export function pcmOf(notes: readonly Note[], rate: number): Buffer {
  const total = Math.round(notes.reduce((sum, note) => sum + note.seconds, 0) * rate);
  const samples = new Int16Array(total);
  let at = 0;
  for (const { hertz, seconds } of notes) {
    const length = Math.round(seconds * rate);
    for (let step = 0; step < length && at < total; step += 1, at += 1) {
      // Fades at both ends, else every note begins with a click.
      const fade = Math.min(1, step / (0.01 * rate), (length - step) / (0.03 * rate));
      samples[at] = Math.round(9000 * fade * Math.sin((2 * Math.PI * hertz * step) / rate));
    }
  }
  return Buffer.from(samples.buffer);
}

export function wavOf(pcm: Buffer, rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

/** Seconds of a WAV file, or a guess from the size of anything else. */
export function secondsOf(file: Buffer): number {
  if (file.length > 44 && file.toString('latin1', 0, 4) === 'RIFF') {
    return Math.max(0.1, (file.length - 44) / file.readUInt32LE(28));
  }
  // 128 kbit/s is the usual rate of what people upload.
  return Math.max(0.1, file.length / 16_000);
}

const MP3_RATES: Record<number, number> = { 44100: 0, 48000: 1, 32000: 2 };
const MP3_KBITS: Record<number, number> = { 32: 1, 64: 5, 96: 7, 128: 9, 192: 11 };
const LINES_PER_FRAME = 1152;

/**
 * An MP3 of MPEG-1 layer III, mono: in each granule one frequency line has the value 1, which sounds as a tone.
 * `rate` 44100, 48000 or 32000; `kbits` 32, 64, 96, 128 or 192.
 */
export function mp3Of(notes: readonly Note[], rate = 44_100, kbits = 64): Buffer {
  const frames: Buffer[] = [];
  const exactBytes = (144_000 * kbits) / rate;
  const total = notes.reduce((sum, note) => sum + note.seconds, 0);
  let owed = 0;
  for (let frame = 0; frame * LINES_PER_FRAME < total * rate; frame += 1) {
    owed += exactBytes - Math.floor(exactBytes);
    const padding = owed >= 1 ? 1 : 0;
    owed -= padding;
    const line = Math.round(hertzAt(notes, (frame * LINES_PER_FRAME) / rate) / (rate / 1152));
    frames.push(mp3Frame(Math.floor(exactBytes) + padding, padding, rate, kbits, line));
  }
  return Buffer.concat(frames);
}

function hertzAt(notes: readonly Note[], second: number): number {
  let end = 0;
  for (const { hertz, seconds } of notes) {
    end += seconds;
    if (second < end) return hertz;
  }
  return notes.at(-1)?.hertz ?? 440;
}

function mp3Frame(bytes: number, padding: number, rate: number, kbits: number, line: number): Buffer {
  const out = new BitWriter(bytes);
  // Sync, MPEG-1, layer III, no checksum; rate and size; mono.
  out.put(0xfffb, 16);
  out.put(((MP3_KBITS[kbits] ?? 5) << 4) | ((MP3_RATES[rate] ?? 0) << 2) | (padding << 1), 8);
  out.put(0xc4, 8);
  // Side information: main data begins here, no scale factor is shared.
  out.put(0, 9 + 5 + 4);
  const pairs = Math.floor(line / 2) + 1;
  // One bit for each silent pair; (1, 0) is 01 and (0, 1) is 001 in table 1, and a sign follows.
  const granuleBits = pairs - 1 + (line % 2 === 0 ? 3 : 4);
  for (let granule = 0; granule < 2; granule += 1) {
    out.put(granuleBits, 12);
    out.put(pairs, 9);
    out.put(198, 8); // global gain: loud enough to hear, far from clipping
    out.put(0, 4); // no scale factors
    out.put(0, 1); // long blocks
    out.put(1, 5); // Huffman table 1 in all three regions
    out.put(1, 5);
    out.put(1, 5);
    out.put(7, 4);
    out.put(7, 3);
    out.put(0, 3);
  }
  for (let granule = 0; granule < 2; granule += 1) {
    for (let pair = 0; pair < pairs - 1; pair += 1) out.put(1, 1); // (0, 0)
    out.put(1, line % 2 === 0 ? 2 : 3);
    out.put(granule, 1);
  }
  return out.bytes;
}

class BitWriter {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  put(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit -= 1, this.#at += 1) {
      const index = this.#at >> 3;
      this.bytes[index] = (this.bytes[index] as number) | (((value >> bit) & 1) << (7 - (this.#at & 7)));
    }
  }
}
