import { broken } from '../refused.ts';
import { type Measures, soundOf } from './measures.ts';

const RATES = [44_100, 48_000, 32_000];
const KBITS_V1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBITS_V2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const AAC_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
/** Between frames there may be tags and padding; so far the next one is looked for. */
const SEARCH_BYTES = 64 * 1024;
/** One frame may look like one by chance: so many in a row do not. */
const IN_A_ROW = 2;

interface Frame {
  bytes: number;
  seconds: number;
}

/** MP3, frame by frame: its true length whatever its rate does, without decoding any. */
export const measureMp3 = (file: Buffer): Measures => soundOf(secondsOf(file, mp3Frame));

/** AAC in ADTS frames. */
export const measureAdts = (file: Buffer): Measures => soundOf(secondsOf(file, adtsFrame));

function secondsOf(file: Buffer, frameAt: (file: Buffer, at: number) => Frame | null): number {
  let at = afterTag(file);
  let seconds = 0;
  let searched = 0;
  while (at + 7 <= file.length && searched < SEARCH_BYTES) {
    const frame = frameAt(file, at);
    if (frame !== null && (seconds > 0 || isRow(file, at, frameAt))) {
      seconds += frame.seconds;
      at += frame.bytes;
      searched = 0;
    } else {
      at += 1;
      searched += 1;
    }
  }
  if (seconds === 0) throw broken('recording');
  return seconds;
}

function isRow(file: Buffer, from: number, frameAt: (file: Buffer, at: number) => Frame | null): boolean {
  let at = from;
  for (let count = 0; count < IN_A_ROW; count++) {
    if (at + 7 > file.length) return count > 0;
    const frame = frameAt(file, at);
    if (frame === null) return false;
    at += frame.bytes;
  }
  return true;
}

/** Past an ID3v2 tag, whose size is written in sevens of bits. */
function afterTag(file: Buffer): number {
  if (file.length < 10 || file.toString('latin1', 0, 3) !== 'ID3') return 0;
  const size =
    ((file[6]! & 0x7f) << 21) | ((file[7]! & 0x7f) << 14) | ((file[8]! & 0x7f) << 7) | (file[9]! & 0x7f);
  return 10 + size;
}

function mp3Frame(file: Buffer, at: number): Frame | null {
  const [one, two, three] = [file[at]!, file[at + 1]!, file[at + 2]!];
  const version = (two >> 3) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const isLayer3 = ((two >> 1) & 3) === 1;
  if (one !== 0xff || (two & 0xe0) !== 0xe0 || version === 1 || !isLayer3) return null;
  const isFirst = version === 3;
  const kbits = (isFirst ? KBITS_V1 : KBITS_V2)[three >> 4];
  const rate = RATES[(three >> 2) & 3];
  if (!kbits || rate === undefined) return null;
  const hertz = rate / (isFirst ? 1 : version === 2 ? 2 : 4);
  const samples = isFirst ? 1152 : 576;
  const bytes = Math.floor((samples * 125 * kbits) / hertz) + ((three >> 1) & 1);
  return { bytes, seconds: samples / hertz };
}

function adtsFrame(file: Buffer, at: number): Frame | null {
  if (file[at] !== 0xff || (file[at + 1]! & 0xf6) !== 0xf0) return null;
  const rate = AAC_RATES[(file[at + 2]! >> 2) & 15];
  const bytes = ((file[at + 3]! & 3) << 11) | (file[at + 4]! << 3) | (file[at + 5]! >> 5);
  if (rate === undefined || bytes < 7) return null;
  return { bytes, seconds: (1024 * ((file[at + 6]! & 3) + 1)) / rate };
}
