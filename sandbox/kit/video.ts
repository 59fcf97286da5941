import sharp from 'sharp';
import { draw } from './picture.ts';
import { remember } from './remember.ts';

interface VideoRequest {
  prompt: string;
  width: number;
  height: number;
  seconds: number;
  caption?: string;
}

/** Distinct pictures in a video, however long: drawing them is what takes time. */
const PICTURES = 8;
/** Of 4k a picture takes most of a second to draw. */
const PICTURES_OF_4K = 2;
/** As many as real clips have; a picture is shown for several of them. */
const FRAMES_PER_SECOND = 24;
const PICTURES_PER_SECOND = 4;
const TIMESCALE = 24_000;

/**
 * An MP4 that plays: a row of AV1 key frames, taken out of AVIF pictures. Their sides are what was asked for, their
 * length too, and they show the prompt.
 */
export function film({ prompt, width, height, seconds, caption }: VideoRequest): Promise<Buffer> {
  const request = { prompt, width, height, seconds, caption };
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
  return mp4Of(samples, order, config, request, Math.round((request.seconds * TIMESCALE) / frames));
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

/** `order` names the picture of each frame: one that is shown again lies in the file once. */
function mp4Of(
  samples: Buffer[],
  order: number[],
  config: Buffer,
  size: { width: number; height: number },
  frameTicks: number,
): Buffer {
  const duration = frameTicks * order.length;
  const lengths = order.map((which) => (samples[which] as Buffer).length);
  let next = 0;
  const starts = samples.map(({ length }) => {
    next += length;
    return next - length;
  });
  const fileType = box('ftyp', text('isom'), u32(0x200), text('isomiso2av01mp41'));
  const movie = (dataAt: number) => {
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
    const table = box(
      'stbl',
      box('stsd', u32(0, 1), entry),
      box('stts', u32(0, 1, order.length, frameTicks)),
      box('stsc', u32(0, 1, 1, 1, 1)),
      box('stsz', u32(0, 0, order.length, ...lengths)),
      box('stco', u32(0, order.length, ...order.map((which) => dataAt + (starts[which] as number)))),
    );
    const media = box(
      'mdia',
      box('mdhd', u32(0, 0, 0, TIMESCALE, duration), u16(0x55c4, 0)),
      box('hdlr', u32(0, 0), text('vide'), Buffer.alloc(12), text('video\0')),
      box('minf', box('vmhd', u32(1, 0, 0)), box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), table),
    );
    const header = box(
      'tkhd',
      u32(3, 0, 0, 1, 0, duration, 0, 0, 0, 0),
      unity,
      u32(size.width << 16, size.height << 16),
    );
    const start = box(
      'mvhd',
      u32(0, 0, 0, TIMESCALE, duration, 0x10000),
      u16(0x100),
      Buffer.alloc(10),
      unity,
      Buffer.alloc(24),
      u32(2),
    );
    return box('moov', start, box('trak', header, media));
  };
  // The index stands before the pictures, so that a player can begin before it has all.
  const dataAt = fileType.length + movie(0).length + 8;
  return Buffer.concat([fileType, movie(dataAt), box('mdat', ...samples)]);
}

/** Pixels of an uploaded picture. Throws when it is none. */
export async function sizeOfPicture(file: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(file).metadata();
  return { width, height };
}
