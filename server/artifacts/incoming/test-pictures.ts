import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** Pictures for tests. */
export const aSquare = (side = 64) =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r: 200, g: 80, b: 10 } } });

/** A photograph with a camera, a place and a way to hold it. */
export const aPhotograph = (format: 'jpeg' | 'png' | 'webp' | 'avif', orientation = 1): Promise<Buffer> =>
  sharp({ create: { width: 80, height: 40, channels: 3, background: '#226688' } })
    .withExif({
      IFD0: { Make: 'Lochkamera' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1' },
    })
    .withMetadata({ orientation })
    .toFormat(format)
    .toBuffer();

function chunk(type: string, body: Buffer): Buffer {
  const whole = Buffer.alloc(12 + body.length);
  whole.writeUInt32BE(body.length);
  whole.write(type, 4, 'latin1');
  body.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + body.length)), 8 + body.length);
  return whole;
}

/** A PNG of these sides in black and white, which a few kilobytes can hold whatever the sides are. */
export function aHugePng(side: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * Math.min(side, 400)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** A GIF of one pixel in so many pictures, on a screen of these sides. */
export function aMovingGif(frames: number, side = 1): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\u0080\0\0\0\0\0\u00ff\u00ff\u00ff', 'latin1');
  head.writeUInt16LE(side, 6);
  head.writeUInt16LE(side, 8);
  // Each differs from the one before, else encoders make one of them.
  const frame = (at: number) =>
    Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, at % 2 === 0 ? 0x44 : 0x4c, 1, 0]);
  return Buffer.concat([head, ...Array.from({ length: frames }, (_, at) => frame(at)), Buffer.from([0x3b])]);
}

export const aMovingWebp = (frames: number): Promise<Buffer> =>
  sharp(aMovingGif(frames), { animated: true }).webp().toBuffer();

/** A JPEG whose data about the picture is larger than the picture, many times. */
export async function aJpegWithHugeExif(segments: number): Promise<Buffer> {
  const plain = await aSquare().jpeg().toBuffer();
  const segment = Buffer.alloc(2 + 65_535);
  segment.writeUInt16BE(0xffe1);
  segment.writeUInt16BE(65_535, 2);
  segment.write('http://ns.adobe.com/xap/1.0/\0', 4, 'latin1');
  return Buffer.concat([plain.subarray(0, 2), ...Array(segments).fill(segment), plain.subarray(2)]);
}
