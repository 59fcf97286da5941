import { broken } from '../refused.ts';
import type { Measures } from './measures.ts';

/** Names of the elements that are read; all others are passed over by their size. */
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const FRAME_NS = 0x23e383;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const CLUSTER = 0x1f43b675;
const CLUSTER_TIME = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
/** These are entered; a recorder that writes as it goes leaves their sizes open. */
const ENTERED = new Set([SEGMENT, INFO, TRACKS, TRACK, VIDEO, CLUSTER, BLOCK_GROUP]);

/** Ten hours of sound in pieces of 20 ms have fewer. */
const ELEMENTS_MOST = 2_500_000;

interface Read {
  scaleNs: number;
  duration: number;
  frameNs: number;
  width: number;
  height: number;
  hasTrack: boolean;
  hasVideo: boolean;
  clusterTime: number;
  lastTime: number;
}

/** WebM: what its header says of length and sides; where a browser recorded it, the time of its last block. */
export function measureWebm(file: Buffer): Measures {
  const read: Read = {
    scaleNs: 1_000_000,
    duration: 0,
    frameNs: 0,
    width: 0,
    height: 0,
    hasTrack: false,
    hasVideo: false,
    clusterTime: 0,
    lastTime: 0,
  };
  for (let at = 0, count = 0; at < file.length && count < ELEMENTS_MOST; count++) {
    const id = numberAt(file, at, true);
    const size = id === null ? null : numberAt(file, at + id.length, false);
    if (id === null || size === null) break;
    const body = at + id.length + size.length;
    if (ENTERED.has(id.value)) {
      if (id.value === TRACK) read.hasTrack = true;
      if (id.value === VIDEO) read.hasVideo = true;
      at = body;
      continue;
    }
    // Of a block the beginning is enough: a recording that was stopped ends within one.
    note(read, id.value, file.subarray(body, Math.min(file.length, body + size.value)));
    at = body + size.value;
  }
  if (!read.hasTrack) throw broken('file');
  const units = Math.max(read.duration, read.lastTime);
  return {
    kind: read.hasVideo ? 'video' : 'audio',
    durationSeconds: units === 0 ? null : (units * read.scaleNs) / 1e9,
    width: read.hasVideo ? read.width : null,
    height: read.hasVideo ? read.height : null,
    framesPerSecond: read.hasVideo && read.frameNs > 0 ? 1e9 / read.frameNs : null,
  };
}

function note(read: Read, id: number, body: Buffer): void {
  switch (id) {
    case SCALE:
      read.scaleNs = unsigned(body) || read.scaleNs;
      break;
    case DURATION:
      read.duration = body.length === 8 ? body.readDoubleBE() : body.length === 4 ? body.readFloatBE() : 0;
      if (!Number.isFinite(read.duration) || read.duration < 0) read.duration = 0;
      break;
    case FRAME_NS:
      read.frameNs = unsigned(body);
      break;
    case PIXEL_WIDTH:
      read.width = unsigned(body);
      break;
    case PIXEL_HEIGHT:
      read.height = unsigned(body);
      break;
    case CLUSTER_TIME:
      read.clusterTime = unsigned(body);
      read.lastTime = Math.max(read.lastTime, read.clusterTime);
      break;
    case SIMPLE_BLOCK:
    case BLOCK:
      if (body.length >= 4)
        read.lastTime = Math.max(read.lastTime, read.clusterTime + body.readInt16BE(trackLength(body)));
      break;
    default: // of no interest
  }
}

const trackLength = (block: Buffer): number =>
  Math.min(numberAt(block, 0, false)?.length ?? 1, block.length - 2);

const unsigned = (body: Buffer): number =>
  body.length === 0 || body.length > 6 ? 0 : body.readUIntBE(0, body.length);

/** A number whose first byte tells how many it has; of an element's name the mark stays. */
function numberAt(file: Buffer, at: number, keepsMark: boolean): { value: number; length: number } | null {
  const first = file[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > file.length || (keepsMark && length > 4)) return null;
  let value = keepsMark ? first : first & (0xff >> length);
  for (let index = 1; index < length; index++) value = value * 256 + file[at + index]!;
  return { value, length };
}
