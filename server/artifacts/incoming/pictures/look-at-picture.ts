import sharp from 'sharp';
import { isAnotherFile } from '../hidden.ts';
import { broken, FileRefused } from '../refused.ts';
import { strippers } from './strip.ts';

/** More pixels than this are refused before any is decoded. */
const PIXELS_MOST = 100_000_000;
/** Of an animation, all its pictures together. */
const MOVING_PIXELS_MOST = 400_000_000;
const FRAMES_MOST = 1_000;
const DECODE_SECONDS = 20;

export const PICTURES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif']);

export interface LookedPicture {
  bytes: Buffer;
  width: number;
  height: number;
  changes: string[];
}

/**
 * Looks at a picture: its size from its header, then its structure, then whether it can be decoded (in strips, never
 * whole in memory). Camera and place go unless `keepsPlace`; pixels stay as they are, except that a picture which
 * relies on its camera data to stand upright is turned.
 */
export async function lookAtPicture(
  file: Buffer,
  mediaType: string,
  keepsPlace: boolean,
): Promise<LookedPicture> {
  const head = await headOf(file);
  const { width, height, orientation = 1, hasData } = head;
  const strip = strippers[mediaType];
  const stripped = strip === undefined ? null : bounded(() => strip(file));
  refuseBombs(width, height, stripped?.frames ?? head.frames);
  refuseHidden(stripped?.tail ?? Buffer.alloc(0));
  await decode(file, mediaType === 'image/gif' ? 1 : undefined);
  const changes: string[] = [];
  const tailed = (stripped?.tail.length ?? 0) > 0;
  if (tailed) changes.push('data behind the picture removed');
  if (keepsPlace) {
    const bytes = tailed ? file.subarray(0, file.length - stripped!.tail.length) : file;
    return { bytes, ...upright(width, height, orientation), changes };
  }
  if (orientation > 1 || (stripped === null && hasData)) {
    changes.push('camera and location data removed');
    if (orientation > 1) changes.push('turned upright');
    return { bytes: await encodeAgain(file, mediaType), ...upright(width, height, orientation), changes };
  }
  if (stripped?.removed) changes.push('camera and location data removed');
  return { bytes: stripped?.bytes ?? file, width, height, changes };
}

async function headOf(file: Buffer) {
  try {
    const { width, height, orientation, pages, exif, xmp, iptc } = await sharp(file, {
      limitInputPixels: false, // the header alone is read here; the limit is ours, below
    }).metadata();
    const hasData = exif !== undefined || xmp !== undefined || iptc !== undefined;
    return { width, height, orientation, frames: pages ?? 1, hasData };
  } catch {
    throw broken('picture');
  }
}

function refuseBombs(width: number, height: number, frames: number) {
  const pixels = width * height;
  if (pixels > PIXELS_MOST)
    throw new FileRefused(
      'too-large',
      `This picture has ${width} × ${height} pixels; at most 100 million are taken. Make it smaller.`,
    );
  if (frames > FRAMES_MOST || pixels * frames > MOVING_PIXELS_MOST)
    throw new FileRefused(
      'too-large',
      `This animation has ${frames} pictures of ${width} × ${height}; at most ${FRAMES_MOST} with 400 million pixels in all are taken.`,
    );
}

function refuseHidden(tail: Buffer) {
  if (isAnotherFile(tail))
    throw new FileRefused(
      'unsafe',
      'Behind this picture another file is hidden. Save the picture again in a picture editor and upload that.',
    );
}

/** Runs it through the decoder in strips: what is cut short or damaged shows here. */
async function decode(file: Buffer, pages?: number) {
  try {
    await sharp(file, { limitInputPixels: PIXELS_MOST, failOn: 'error', sequentialRead: true, pages })
      .resize(8, 8, { fit: 'fill', kernel: 'nearest' })
      .timeout({ seconds: DECODE_SECONDS })
      .raw()
      .toBuffer();
  } catch {
    throw broken('picture');
  }
}

function bounded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RangeError) throw broken('picture'); // a length that points past the end
    throw cause;
  }
}

async function encodeAgain(file: Buffer, mediaType: string): Promise<Buffer> {
  const image = sharp(file, { limitInputPixels: PIXELS_MOST, failOn: 'error' }).autoOrient().keepIccProfile();
  if (mediaType === 'image/jpeg') return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  if (mediaType === 'image/webp') return image.webp({ quality: 95 }).toBuffer();
  if (mediaType === 'image/avif') return image.avif({ quality: 80 }).toBuffer();
  return image.toBuffer();
}

function upright(width: number, height: number, orientation: number): { width: number; height: number } {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
