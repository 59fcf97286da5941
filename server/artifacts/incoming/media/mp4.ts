import { broken } from '../refused.ts';
import type { Measures } from './measures.ts';

/** Hours of fragments have fewer; a file of nothing but boxes has more. */
const BOXES_MOST = 100_000;

interface Box {
  type: string;
  body: Buffer;
}

/** MP4, M4A and MOV: what the movie's header says of length, sides and frames. Nothing of the pictures is read. */
export function measureMp4(file: Buffer): Measures {
  const top = boxesOf(file, true);
  const movie = top.find(({ type }) => type === 'moov')?.body;
  if (movie === undefined) throw broken('file');
  const parts = boxesOf(movie);
  const tracks = parts.filter(({ type }) => type === 'trak').map(({ body }) => trackOf(body));
  const pictures = tracks.find(({ handler }) => handler === 'vide');
  const fragments = top.filter(({ type }) => type === 'moof').map(({ body }) => body);
  const durationSeconds =
    fragments.length === 0
      ? headerSeconds(find(parts, 'mvhd'))
      : fragmentSeconds(movie, fragments, pictures ?? tracks[0]);
  const frames = pictures === undefined ? 0 : pictures.frames;
  return {
    kind: pictures === undefined ? 'audio' : 'video',
    durationSeconds,
    width: pictures?.width ?? null,
    height: pictures?.height ?? null,
    framesPerSecond: frames > 0 && pictures!.seconds > 0 ? frames / pictures!.seconds : null,
  };
}

interface Track {
  id: number;
  handler: string;
  timescale: number;
  seconds: number;
  width: number;
  height: number;
  frames: number;
}

function trackOf(track: Buffer): Track {
  const boxes = boxesOf(track);
  const media = boxesOf(find(boxes, 'mdia') ?? Buffer.alloc(0));
  const header = find(boxes, 'tkhd');
  const times = find(media, 'mdhd');
  const table = boxesOf(find(boxesOf(find(media, 'minf') ?? Buffer.alloc(0)), 'stbl') ?? Buffer.alloc(0));
  const { timescale, units } = timesOf(times);
  return {
    id: header === undefined ? 0 : uint32(header, header[0] === 1 ? 20 : 12),
    handler: find(media, 'hdlr')?.toString('latin1', 8, 12) ?? '',
    timescale,
    seconds: timescale === 0 ? 0 : units / timescale,
    ...sidesOf(header),
    frames: framesOf(find(table, 'stts')),
  };
}

/** A clip that was filmed upright is stored lying, with a turn beside it: the sides as they are seen. */
function sidesOf(header: Buffer | undefined): { width: number; height: number } {
  if (header === undefined || header.length < 84) return { width: 0, height: 0 };
  const width = uint32(header, header.length - 8) >>> 16;
  const height = uint32(header, header.length - 4) >>> 16;
  const matrix = header.length - 44;
  const isTurned = uint32(header, matrix) === 0 && uint32(header, matrix + 4) !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

function framesOf(times: Buffer | undefined): number {
  if (times === undefined) return 0;
  const entries = Math.min(uint32(times, 4), Math.floor((times.length - 8) / 8));
  let frames = 0;
  for (let entry = 0; entry < entries; entry++) frames += uint32(times, 8 + entry * 8);
  return frames;
}

/** Of `mvhd` and `mdhd`: both have wide and narrow numbers. */
function timesOf(header: Buffer | undefined): { timescale: number; units: number } {
  if (header === undefined) return { timescale: 0, units: 0 };
  if (header[0] === 1 && header.length >= 32)
    return { timescale: uint32(header, 20), units: Number(header.readBigUInt64BE(24)) };
  return { timescale: uint32(header, 12), units: uint32(header, 16) };
}

function headerSeconds(header: Buffer | undefined): number | null {
  const { timescale, units } = timesOf(header);
  return timescale === 0 || units === 0 ? null : units / timescale;
}

/** A clip in fragments, as browsers record: the lengths of one track's samples, added up. */
function fragmentSeconds(movie: Buffer, fragments: Buffer[], track: Track | undefined): number | null {
  if (track === undefined || track.timescale === 0) return null;
  const defaults = boxesOf(find(boxesOf(movie), 'mvex') ?? Buffer.alloc(0))
    .filter(({ type, body }) => type === 'trex' && uint32(body, 4) === track.id)
    .map(({ body }) => uint32(body, 12));
  let units = 0;
  for (const fragment of fragments)
    for (const { type, body } of boxesOf(fragment)) {
      if (type !== 'traf') continue;
      const boxes = boxesOf(body);
      const header = find(boxes, 'tfhd');
      if (header === undefined || uint32(header, 4) !== track.id) continue;
      const each = sampleLength(header) ?? defaults[0] ?? 0;
      for (const run of boxes) if (run.type === 'trun') units += runLength(run.body, each);
    }
  return units === 0 ? null : units / track.timescale;
}

function sampleLength(header: Buffer): number | null {
  const flags = uint32(header, 0) & 0xff_ffff;
  if ((flags & 8) === 0) return null;
  return uint32(header, 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0));
}

function runLength(run: Buffer, each: number): number {
  const flags = uint32(run, 0) & 0xff_ffff;
  const count = uint32(run, 4);
  if ((flags & 0x100) === 0) return count * each;
  const width = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length * 4;
  const start = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
  let units = 0;
  for (let at = start; at + width <= run.length && at < start + count * width; at += width)
    units += uint32(run, at);
  return units;
}

/** The boxes of a level. At the top, one that says to be longer than the file was cut. */
function boxesOf(bytes: Buffer, isTop = false): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    let size = bytes.readUInt32BE(at);
    let head = 8;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      head = 16;
    } else if (size === 0) size = bytes.length - at;
    if (size < head || at + size > bytes.length) {
      if (isTop) throw broken('file');
      break;
    }
    boxes.push({ type, body: bytes.subarray(at + head, at + size) });
    if (boxes.length > BOXES_MOST) throw broken('file');
    at += size;
  }
  return boxes;
}

const find = (boxes: Box[], type: string): Buffer | undefined => boxes.find((box) => box.type === type)?.body;

const uint32 = (bytes: Buffer, at: number): number =>
  at >= 0 && at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
