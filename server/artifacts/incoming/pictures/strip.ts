import { broken } from '../refused.ts';

/** A picture of more parts than this is nothing but parts. */
const PARTS_MOST = 50_000;

/** A picture without what is said about it, its pixels untouched. */
export interface Stripped {
  bytes: Buffer;
  /** Whether camera, place, words or a small copy were in it. */
  removed: boolean;
  /** What stood behind the picture's end: nothing that a picture needs. */
  tail: Buffer;
  /** Pictures of an animation; 1 for a still one. */
  frames: number;
}

/** Formats whose data about the picture can be cut out without encoding it again. */
export const strippers: Record<string, (file: Buffer) => Stripped> = {
  'image/jpeg': stripJpeg,
  'image/png': stripPng,
  'image/webp': stripWebp,
  'image/gif': stripGif,
};

const ICC = Buffer.from('ICC_PROFILE\0');

/** Keeps what decoding needs (APP0, colours of APP2 and APP14); EXIF, XMP, IPTC, comments and maker's notes go. */
function stripJpeg(file: Buffer): Stripped {
  const kept: Buffer[] = [file.subarray(0, 2)];
  let removed = false;
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) throw broken('picture');
    const marker = file[at + 1]!;
    if (marker === 0xff) {
      at += 1; // padding
      continue;
    }
    if (marker === 0xd9)
      return {
        bytes: Buffer.concat([...kept, file.subarray(at, at + 2)]),
        removed,
        tail: file.subarray(at + 2),
        frames: 1,
      };
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) throw broken('picture');
    const isData =
      marker === 0xfe ||
      (marker >= 0xe1 &&
        marker <= 0xef &&
        marker !== 0xee &&
        !(marker === 0xe2 && file.subarray(at + 4, at + 16).equals(ICC)));
    if (isData) removed = true;
    else keep(kept, file.subarray(at, end));
    at = end;
    if (marker === 0xda) {
      const stop = afterScan(file, at);
      keep(kept, file.subarray(at, stop));
      at = stop;
    }
  }
  // The end is missing by two bytes at most: else the loop would have met it.
  if (file.length >= 4 && file.readUInt16BE(file.length - 2) === 0xffd9)
    return {
      bytes: Buffer.concat([...kept, file.subarray(file.length - 2)]),
      removed,
      tail: Buffer.alloc(0),
      frames: 1,
    };
  throw broken('picture');
}

/** Where coded pixels end: at a marker that is neither a stuffed byte nor a restart. */
function afterScan(file: Buffer, from: number): number {
  for (
    let at = file.indexOf(0xff, from);
    at !== -1 && at + 1 < file.length;
    at = file.indexOf(0xff, at + 1)
  ) {
    const next = file[at + 1]!;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw broken('picture');
}

const PNG_DATA = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME']);

function stripPng(file: Buffer): Stripped {
  const kept: Buffer[] = [file.subarray(0, 8)];
  let removed = false;
  let frames = 1;
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 12 + file.readUInt32BE(at);
    if (end > file.length) throw broken('picture');
    const type = file.toString('latin1', at + 4, at + 8);
    if (type === 'acTL' && end - at >= 20) frames = file.readUInt32BE(at + 8);
    if (PNG_DATA.has(type)) removed = true;
    else keep(kept, file.subarray(at, end));
    if (type === 'IEND') return { bytes: Buffer.concat(kept), removed, tail: file.subarray(end), frames };
    at = end;
  }
  throw broken('picture');
}

const WEBP_SAYS_EXIF_XMP = 0x0c;

function stripWebp(file: Buffer): Stripped {
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) throw broken('picture');
  const kept: Buffer[] = [];
  let removed = false;
  let frames = 0;
  for (let at = 12; at + 8 <= end; ) {
    const size = file.readUInt32LE(at + 4);
    const next = at + 8 + size + (size % 2);
    if (next > end + 1) throw broken('picture');
    const type = file.toString('latin1', at, at + 4);
    if (type === 'ANMF') frames += 1;
    if (type === 'EXIF' || type === 'XMP ') removed = true;
    else keep(kept, file.subarray(at, Math.min(next, end)));
    at = next;
  }
  const body = Buffer.concat([Buffer.from('WEBP'), ...kept]);
  // The extended header says which of these follow.
  if (body.toString('latin1', 4, 8) === 'VP8X') body[12] = body[12]! & ~WEBP_SAYS_EXIF_XMP;
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return {
    bytes: Buffer.concat([head, body]),
    removed,
    tail: file.subarray(end),
    frames: Math.max(1, frames),
  };
}

const GIF_LOOPS = /^(NETSCAPE2\.0|ANIMEXTS1\.0)$/;

/** Comments and application data (XMP among them) go; how often it loops stays. */
function stripGif(file: Buffer): Stripped {
  const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + colours(file[10] ?? 0);
  const kept: Buffer[] = [file.subarray(0, at)];
  let removed = false;
  let frames = 0;
  while (at < file.length) {
    const start = at;
    const mark = file[at];
    if (mark === 0x3b)
      return {
        bytes: Buffer.concat([...kept, file.subarray(at, at + 1)]),
        removed,
        tail: file.subarray(at + 1),
        frames: Math.max(1, frames),
      };
    if (mark === 0x2c) {
      frames += 1;
      at = afterBlocks(file, at + 11 + colours(file[at + 9] ?? 0));
      keep(kept, file.subarray(start, at));
    } else if (mark === 0x21) {
      at = afterBlocks(file, at + 2);
      const label = file[start + 1];
      const isLoop = label === 0xff && GIF_LOOPS.test(file.toString('latin1', start + 3, start + 14));
      if (label === 0xf9 || label === 0x01 || isLoop) keep(kept, file.subarray(start, at));
      else removed = true;
    } else throw broken('picture');
  }
  throw broken('picture');
}

function keep(kept: Buffer[], part: Buffer): void {
  if (kept.push(part) > PARTS_MOST) throw broken('picture');
}

function afterBlocks(file: Buffer, from: number): number {
  for (let at = from; at < file.length; at += 1 + file[at]!) if (file[at] === 0) return at + 1;
  throw broken('picture');
}
