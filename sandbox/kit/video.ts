import sharp from 'sharp';
import { draw } from './picture.ts';
import { remember } from './remember.ts';
import { melodyFor, pcmOf } from './sound.ts';
import { FLAC_BLOCK, flacFrames } from './sound-containers.ts';

interface VideoRequest {
  prompt: string;
  width: number;
  height: number;
  seconds: number;
  caption?: string;
  /** Something is heard. */
  hasSound?: boolean;
}

/** Distinct pictures in a video, however long: drawing them is what takes time. */
const PICTURES = 8;
/** Of 4k a picture takes most of a second to draw. */
const PICTURES_OF_4K = 2;
/** As many as real clips have; a picture is shown for several of them. */
const FRAMES_PER_SECOND = 24;
const PICTURES_PER_SECOND = 4;
const TIMESCALE = 24_000;
const SOUND_RATE = 24_000;

/**
 * An MP4 that plays: a row of AV1 key frames, taken out of AVIF pictures. Their sides are what was asked for, their
 * length too, and they show the prompt.
 */
export function film({
  prompt,
  width,
  height,
  seconds,
  caption,
  hasSound = false,
}: VideoRequest): Promise<Buffer> {
  const request = { prompt, width, height, seconds, caption, hasSound };
  return remember({ film: true, ...request }, () => shoot(request));
}

async function shoot(request: VideoRequest): Promise<Buffer> {
  const pictures: Buffer[] = [];
  const most = request.width * request.height > 1920 * 1200 ? PICTURES_OF_4K : PICTURES;
  const count = Math.max(1, Math.min(most, Math.ceil(request.seconds * PICTURES_PER_SECOND)));
  for (let at = 0; at < count; at += 1) {
    const picture = await draw({
      ...request,
      format: 'avif',
      quality: 40,
      effort: 0,
      moment: at / count,
      caption: `${request.caption ?? 'sandbox'} ${at + 1}/${count}`,
    });
    pictures.push(picture);
  }
  const { samples, config } = av1Of(pictures);
  const frames = Math.max(1, Math.round(request.seconds * FRAMES_PER_SECOND));
  const held = FRAMES_PER_SECOND / PICTURES_PER_SECOND;
  const order = Array.from({ length: frames }, (_, at) => Math.floor(at / held) % samples.length);
  const frameTicks = Math.round((request.seconds * TIMESCALE) / frames);
  const pictured = pictureTrack(samples, order, config, request, frameTicks);
  return mp4Of(request.hasSound ? [pictured, soundTrack(request.prompt, request.seconds)] : [pictured]);
}

/** Takes the coded picture and its decoder settings out of AVIF files. */
function av1Of(files: Buffer[]): { samples: Buffer[]; config: Buffer } {
  const samples = files.map((file) => {
    const place = boxOf(file, 'mdat');
    return file.subarray(place.start, place.end);
  });
  const first = files[0] as Buffer;
  const at = first.indexOf('av1C');
  const size = first.readUInt32BE(at - 4);
  return { samples, config: first.subarray(at - 4, at - 4 + size) };
}

function boxOf(file: Buffer, type: string): { start: number; end: number } {
  for (let at = 0; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === type) return { start: at + 8, end: at + size };
    at += size;
  }
  throw new Error(`no ${type} in the picture`);
}

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
};
const u16 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
};
const text = (letters: string) => Buffer.from(letters, 'latin1');

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), text(type), body]);
}

const unity = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** A row of samples that a player is to show or to sound, each in one piece of the file. */
interface Track {
  kind: 'vide' | 'soun';
  /** How the samples are coded. */
  entry: Buffer;
  timescale: number;
  /** How many samples last how long, in turn. */
  times: [count: number, ticks: number][];
  /** What lies in the file. */
  data: Buffer[];
  /** Which of them each sample is: one that comes again lies there once. */
  order: number[];
  size?: { width: number; height: number };
}

function pictureTrack(
  samples: Buffer[],
  order: number[],
  config: Buffer,
  size: { width: number; height: number },
  frameTicks: number,
): Track {
  const entry = box(
    'av01',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(16),
    u16(size.width, size.height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    config,
  );
  return {
    kind: 'vide',
    entry,
    timescale: TIMESCALE,
    times: [[order.length, frameTicks]],
    data: samples,
    order,
    size,
  };
}

/** A melody, as FLAC, which every browser plays. */
function soundTrack(prompt: string, seconds: number): Track {
  const pcm = pcmOf(melodyFor(prompt, seconds), SOUND_RATE);
  const { about, frames } = flacFrames(pcm, SOUND_RATE);
  const entry = box(
    'fLaC',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(8),
    u16(1, 16, 0, 0),
    u32(SOUND_RATE << 16),
    box('dfLa', u32(0), about),
  );
  const rest = pcm.length / 2 - (frames.length - 1) * FLAC_BLOCK;
  return {
    kind: 'soun',
    entry,
    timescale: SOUND_RATE,
    times: [
      [frames.length - 1, FLAC_BLOCK],
      [1, rest],
    ],
    data: frames,
    order: frames.map((_, at) => at),
  };
}

const durationOf = ({ times }: Track) => times.reduce((sum, [count, ticks]) => sum + count * ticks, 0);

function trackBox(track: Track, id: number, dataAt: number): Buffer {
  const { kind, entry, timescale, times, data, order, size } = track;
  let next = dataAt;
  const starts = data.map(({ length }) => {
    next += length;
    return next - length;
  });
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), entry),
    box('stts', u32(0, times.length, ...times.flat())),
    box('stsc', u32(0, 1, 1, 1, 1)),
    box('stsz', u32(0, 0, order.length, ...order.map((which) => (data[which] as Buffer).length))),
    box('stco', u32(0, order.length, ...order.map((which) => starts[which] as number))),
  );
  const about = kind === 'vide' ? box('vmhd', u32(1, 0, 0)) : box('smhd', u32(0, 0));
  const media = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, timescale, durationOf(track)), u16(0x55c4, 0)),
    box('hdlr', u32(0, 0), text(kind), Buffer.alloc(12), text('sandbox\0')),
    box('minf', about, box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), table),
  );
  const duration = Math.round((durationOf(track) / timescale) * TIMESCALE);
  const volume = kind === 'vide' ? 0 : 0x1000000;
  const { width = 0, height = 0 } = size ?? {};
  const header = box(
    'tkhd',
    u32(3, 0, 0, id, 0, duration, 0, 0, 0, volume),
    unity,
    u32(width << 16, height << 16),
  );
  return box('trak', header, media);
}

function mp4Of(tracks: Track[]): Buffer {
  const duration = Math.round((durationOf(tracks[0]!) / tracks[0]!.timescale) * TIMESCALE);
  const fileType = box('ftyp', text('isom'), u32(0x200), text('isomiso2av01mp41'));
  const sizes = tracks.map(({ data }) => data.reduce((sum, { length }) => sum + length, 0));
  const movie = (dataAt: number) => {
    const start = box(
      'mvhd',
      u32(0, 0, 0, TIMESCALE, duration, 0x10000),
      u16(0x100),
      Buffer.alloc(10),
      unity,
      Buffer.alloc(24),
      u32(tracks.length + 1),
    );
    let at = dataAt;
    const boxes = tracks.map((track, index) => {
      at += sizes[index] as number;
      return trackBox(track, index + 1, at - (sizes[index] as number));
    });
    return box('moov', start, ...boxes);
  };
  // The index stands before the pictures, so that a player can begin before it has all.
  const dataAt = fileType.length + movie(0).length + 8;
  return Buffer.concat([fileType, movie(dataAt), box('mdat', ...tracks.flatMap(({ data }) => data))]);
}

/** Pixels of an uploaded picture. Throws when it is none. */
export async function sizeOfPicture(file: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(file).metadata();
  return { width, height };
}
