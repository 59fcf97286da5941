/** Small clips for tests, written byte by byte. */

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
};

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

/** The clip with a quarter turn in its track's header, as telephones write it. */
export function aTurnedClip(clip: Buffer): Buffer {
  const turned = Buffer.from(clip);
  const matrix = turned.indexOf('tkhd') + 4 + 40;
  u32(0, 0x10000, 0, 0xffff0000, 0, 0, 0, 0, 0x40000000).copy(turned, matrix);
  return turned;
}

/** As a browser records: an empty movie, then a fragment for each `secondsEach`. */
export function aFragmentedClip(fragments: number, secondsEach: number): Buffer {
  const scale = 1000;
  const track = box(
    'trak',
    box(
      'tkhd',
      u32(0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
      u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000),
      u32(640 << 16, 360 << 16),
    ),
    box(
      'mdia',
      box('mdhd', u32(0, 0, 0, scale, 0, 0)),
      box('hdlr', u32(0, 0), Buffer.from('vide'), Buffer.alloc(13)),
    ),
  );
  const movie = box(
    'moov',
    box('mvhd', u32(0, 0, 0, scale, 0), Buffer.alloc(80)),
    track,
    box('mvex', box('trex', u32(0, 1, 1, 1000, 0, 0))),
  );
  const fragment = box('moof', box('traf', box('tfhd', u32(0, 1)), box('trun', u32(0, secondsEach))));
  const parts = Array.from({ length: fragments }, () => [fragment, box('mdat', Buffer.alloc(16))]).flat();
  return Buffer.concat([
    box('ftyp', Buffer.from('isom'), u32(0x200), Buffer.from('isomiso5')),
    movie,
    ...parts,
  ]);
}

function element(id: number[], body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length | 0x1000_0000);
  return Buffer.concat([Buffer.from(id), size, body]);
}

const OPEN = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
const head = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], Buffer.from('webm')));

interface Webm {
  seconds: number;
  video?: { width: number; height: number; framesPerSecond: number };
}

export function aWebm({ seconds, video }: Webm): Buffer {
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(seconds * 1000);
  const info = element([0x15, 0x49, 0xa9, 0x66], element([0x44, 0x89], duration));
  const sides =
    video === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([
          element([0x23, 0xe3, 0x83], u32(1e9 / video.framesPerSecond)),
          element(
            [0xe0],
            Buffer.concat([element([0xb0], u32(video.width)), element([0xba], u32(video.height))]),
          ),
        ]);
  return Buffer.concat([head, element([0x18, 0x53, 0x80, 0x67], Buffer.concat([info, tracksWith(sides)]))]);
}

const tracksWith = (body: Buffer): Buffer =>
  element(
    [0x16, 0x54, 0xae, 0x6b],
    element([0xae], Buffer.concat([element([0xd7], Buffer.from([1])), body])),
  );

/** As a browser records sound: sizes left open, no length, a cluster for each second. */
export function aRecordedWebm(seconds: number): Buffer {
  const clusters = Array.from({ length: seconds }, (_, at) => {
    const block = Buffer.from([0x81, 1000 >> 8, 1000 & 0xff, 0x80, 0, 0]);
    return Buffer.concat([
      Buffer.from([0x1f, 0x43, 0xb6, 0x75]),
      OPEN,
      element([0xe7], u32(at * 1000)),
      element([0xa3], block),
    ]);
  });
  return Buffer.concat([
    head,
    Buffer.from([0x18, 0x53, 0x80, 0x67]),
    OPEN,
    tracksWith(Buffer.alloc(0)),
    ...clusters,
  ]);
}
