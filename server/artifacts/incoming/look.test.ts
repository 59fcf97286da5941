import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { melodyFor, mp3Of } from '#sandbox/kit/sound.ts';
import { lookAt } from './look.ts';
import { aWebm } from './media/test-clips.ts';
import { aPdf } from './test-pdf.ts';
import {
  aHugePng,
  aJpegWithHugeExif,
  aMovingGif,
  aMovingWebp,
  aPhotograph,
  aSquare,
} from './test-pictures.ts';

const zip = Buffer.concat([
  Buffer.from('PK\u0003\u0004'),
  Buffer.alloc(200, 7),
  Buffer.from('PK\u0005\u0006'),
  Buffer.alloc(18),
]);
const html = '<html><script>alert(1)</script></html>';
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

async function refusal(bytes: Buffer | string, name: string) {
  const refused = await lookAt(Buffer.from(bytes), name).catch((error: Error & { why?: string }) => error);
  expect(refused).toBeInstanceOf(Error);
  const { why, message } = refused as Error & { why?: string };
  return { why, message };
}

describe('what is refused, before it is unpacked or decoded whole', () => {
  test.each<[string, string, string, RegExp, () => Buffer | string | Promise<Buffer>]>([
    ['an archive', 'all.zip', 'unknown', /Unpack it/, () => zip],
    ['a Word document', 'letter.docx', 'unknown', /PDF or text/, () => zip],
    ['a spreadsheet', 'sums.xlsx', 'unknown', /PDF or text/, () => zip],
    ['a packed file', 'all.gz', 'unknown', /not accepted/, () => gzipSync('hello')],
    [
      'a program',
      'setup',
      'unknown',
      /not accepted/,
      () => Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)]),
    ],
    ['a picture of 900 million pixels', 'big.png', 'too-large', /30000 × 30000/, () => aHugePng(30_000)],
    ['an animation of too many pictures', 'long.gif', 'too-large', /5000 pictures/, () => aMovingGif(5_000)],
    ['an animation of too many pixels', 'wide.gif', 'too-large', /400 million/, () => aMovingGif(900, 1_000)],
    ['a moving WebP of too many pictures', 'long.webp', 'too-large', /pictures/, () => aMovingWebp(1_200)],
    ['an SVG', 'logo.svg', 'unsafe', /PNG/, () => svg],
    [
      'an SVG behind comments, without its ending',
      'logo',
      'unsafe',
      /PNG/,
      () => `\ufeff<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE svg [<!ENTITY a "b">]>\n${svg}`,
    ],
    [
      'a PDF with a script',
      'form.pdf',
      'unsafe',
      /a script/,
      () => aPdf({ catalogue: '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>' }),
    ],
    [
      'a PDF that spells its script otherwise',
      'form.pdf',
      'unsafe',
      /a script/,
      () => aPdf({ catalogue: '/OpenAction << /S /J#61vaScript >>' }),
    ],
    [
      'a PDF that packs its script away',
      'form.pdf',
      'unsafe',
      /a script/,
      () => aPdf({ packed: '<< /S /JavaScript /JS (x) >>' }),
    ],
    [
      'a PDF with files in it',
      'bundle.pdf',
      'unsafe',
      /other files/,
      () => aPdf({ catalogue: '/Names << /EmbeddedFiles 9 0 R >>' }),
    ],
    [
      'a PDF that starts programs',
      'run.pdf',
      'unsafe',
      /start a program/,
      () => aPdf({ catalogue: '/OpenAction << /S /Launch >>' }),
    ],
    [
      'a PDF with a password',
      'closed.pdf',
      'unknown',
      /protected/,
      () => aPdf({ trailer: '/Encrypt 8 0 R' }),
    ],
    ['a PDF of thousands of pages', 'long.pdf', 'too-large', /4000 pages/, () => aPdf({ pages: 4_000 })],
    [
      'a PDF that unpacks to very much',
      'bomb.pdf',
      'unsafe',
      /unpacks/,
      () => aPdf({ bombBytes: 40 * 1024 * 1024 }),
    ],
    ['half a PDF', 'half.pdf', 'broken', /cut short/, () => aPdf({ pages: 20 }).subarray(0, 900)],
    [
      'a PDF with an archive behind it',
      'both.pdf',
      'unsafe',
      /other data/,
      () => Buffer.concat([aPdf(), zip]),
    ],
    [
      'a picture with an archive behind it',
      'both.png',
      'unsafe',
      /another file/,
      async () => Buffer.concat([await aSquare().png().toBuffer(), zip]),
    ],
    [
      'a picture with a page behind it',
      'both.jpg',
      'unsafe',
      /another file/,
      async () => Buffer.concat([await aSquare().jpeg().toBuffer(), Buffer.from(html)]),
    ],
    ['half a PNG', 'half.png', 'broken', /cut short/, async () => half(await aSquare(256).png().toBuffer())],
    [
      'half a JPEG',
      'half.jpg',
      'broken',
      /cut short/,
      async () => half(await aSquare(256).jpeg().toBuffer()),
    ],
    [
      'half a WebP',
      'half.webp',
      'broken',
      /cut short/,
      async () => half(await aSquare(256).webp().toBuffer()),
    ],
    ['half a GIF', 'half.gif', 'broken', /cut short/, () => half(aMovingGif(20))],
    [
      'a picture whose pixels are damaged',
      'bad.png',
      'broken',
      /damaged/,
      async () => damaged(await noise().png().toBuffer()),
    ],
    ['a document that says it is a picture', 'photo.png', 'unsafe', /says picture/, () => aPdf()],
    [
      'a picture that says it is a document',
      'paper.pdf',
      'unsafe',
      /says document/,
      () => aSquare().png().toBuffer(),
    ],
    ['a text that says it is a program', 'setup.exe', 'unsafe', /says program/, () => 'hello'],
    ['bytes of no kind', 'blob', 'unknown', /not known/, () => Buffer.from([1, 2, 3, 0xff, 0xfe, 0, 9])],
  ])('%s (%s) is %s', async (_, name, why, words, make) => {
    const refused = await refusal(await make(), name);
    expect(refused).toMatchObject({ why });
    expect(refused.message).toMatch(words);
  });
});

const half = (file: Buffer): Buffer => file.subarray(0, Math.floor(file.length / 2));
const noise = () =>
  sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 251)), {
    raw: { width: 64, height: 64, channels: 3 },
  });
function damaged(png: Buffer): Buffer {
  const bytes = Buffer.from(png);
  bytes.fill(0xee, 60, 90);
  return bytes;
}

describe('what is said about a picture', () => {
  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('camera and place go from a %s', async (format) => {
    const file = await aPhotograph(format);
    expect(file.toString('latin1')).toMatch(/Lochkamera/);
    const looked = await lookAt(file, `photo.${format}`);
    expect(looked).toMatchObject({ width: 80, height: 40, changes: ['camera and location data removed'] });
    expect(looked.bytes.toString('latin1')).not.toMatch(/Lochkamera|Exif\0\0/);
    expect((await sharp(looked.bytes).metadata()).exif).toBeUndefined();
  });

  test.each(['jpeg', 'png', 'webp'] as const)('the pixels of a %s stay as they were', async (format) => {
    const file = await aPhotograph(format);
    const { bytes } = await lookAt(file, `photo.${format}`);
    expect(await sharp(bytes).raw().toBuffer()).toEqual(await sharp(file).raw().toBuffer());
  });

  test('camera and place stay when their owner wants that', async () => {
    const file = await aPhotograph('jpeg');
    const looked = await lookAt(file, 'photo.jpg', true);
    expect(looked).toMatchObject({ changes: [] });
    expect(looked.bytes).toEqual(file);
  });

  test('a picture that its camera data turns is turned, and it is said', async () => {
    const looked = await lookAt(await aPhotograph('jpeg', 6), 'photo.jpg');
    expect(looked).toMatchObject({
      width: 40,
      height: 80,
      changes: ['camera and location data removed', 'turned upright'],
    });
    expect(await sharp(looked.bytes).metadata()).toMatchObject({ width: 40, height: 80 });
  });

  test('a mountain of camera data goes without being read', async () => {
    const looked = await lookAt(await aJpegWithHugeExif(300), 'photo.jpg');
    expect(looked.bytes.length).toBeLessThan(10_000);
    expect(looked.changes).toEqual(['camera and location data removed']);
  });

  test('what a camera put behind the picture goes, and it is said', async () => {
    const file = Buffer.concat([
      await aSquare().jpeg().toBuffer(),
      Buffer.from('SEFT a moving picture'),
      Buffer.alloc(500, 3),
    ]);
    const looked = await lookAt(file, 'motion.jpg');
    expect(looked.changes).toEqual(['data behind the picture removed']);
    expect(looked.bytes.length).toBe(file.length - 521);
  });

  test('an animation stays one', async () => {
    const looked = await lookAt(aMovingGif(12, 8), 'dance.gif');
    expect((await sharp(looked.bytes, { animated: true }).metadata()).pages).toBe(12);
  });
});

describe('what is read of a document', () => {
  test('a PDF tells its pages and the most that they say', async () => {
    const looked = await lookAt(aPdf({ pages: 12, words: 'Twelve small pages' }), 'paper.pdf');
    expect(looked).toMatchObject({ mediaType: 'application/pdf', pages: 12, textBytes: 19 });
  });

  test.each([
    ['notes.md', '# Notes', 'text/markdown'],
    ['main.ts', 'export const a = 1 < 2;', 'text/plain'],
    ['page.html', html, 'text/plain'],
    ['feed.xml', '<?xml version="1.0"?><feed/>', 'text/plain'],
    ['colours.log', '\u001b[31mred\u001b[0m', 'text/plain'],
  ])('%s is text, as long as it is', async (name, words, mediaType) => {
    expect(await lookAt(Buffer.from(words), name)).toMatchObject({
      mediaType,
      textBytes: Buffer.byteLength(words),
    });
  });
});

test.each([
  ['utf-16le', Buffer.from('\ufeffcafé für zwölf', 'utf16le')],
  ['windows-1252', Buffer.from('café für zwölf', 'latin1')],
])('a text in %s is read, kept in UTF-8, and that is said', async (encoding, file) => {
  const looked = await lookAt(file, 'menu.csv');
  expect(looked).toMatchObject({ mediaType: 'text/plain', changes: [`read as ${encoding}`] });
  expect(looked.bytes.toString('utf8')).toBe('café für zwölf');
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ada\\photo.png', 'photo.png'],
  ['invoice\u202egpj.pdf', 'invoicegpj.pdf'],
  ['a\u0000b\nc.txt', 'abc.txt'],
  ['..', 'file'],
  [`${'x'.repeat(400)}.txt`, `${'x'.repeat(196)}.txt`],
])('the name %j is kept as %j', async (given, kept) => {
  const bytes = kept.endsWith('.png')
    ? await aSquare().png().toBuffer()
    : kept.endsWith('.pdf')
      ? aPdf()
      : Buffer.from('text');
  expect((await lookAt(bytes, given)).name).toBe(kept);
});

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['a text of nothing but declarations', () => Buffer.from('<!'.repeat(2_000_000))],
  ['a text of nothing but short declarations', () => Buffer.from(`${'<!>'.repeat(1_500_000)}[`)],
  ['a text of nothing but comments', () => Buffer.from('<!-- -->'.repeat(600_000))],
  [
    'a PDF of nothing but streams',
    () => Buffer.from(`%PDF-1.7\n${'stream\nendstream\n'.repeat(2_000_000)}startxref\n%%EOF`),
  ],
  [
    'a JPEG of nothing but segments',
    async () => repeated(await aSquare().jpeg().toBuffer(), 2, Buffer.from([0xff, 0xe0, 0, 2])),
  ],
  [
    'a PNG of nothing but chunks',
    async () => repeated(await aSquare().png().toBuffer(), 33, Buffer.from('\0\0\0\0aaAa\0\0\0\0', 'latin1')),
  ],
  [
    'a WebM of nothing but elements',
    () => Buffer.concat([aWebm({ seconds: 1 }), Buffer.alloc(30_000_000, Buffer.from([0xec, 0x80]))]),
  ],
  [
    'an MP4 of nothing but boxes',
    () =>
      Buffer.concat([
        Buffer.from('\0\0\0\u0010ftypisom\0\0\0\0', 'latin1'),
        Buffer.alloc(24_000_000, Buffer.from('\0\0\0\u0008free', 'latin1')),
      ]),
  ],
])('looking at %s ends soon', async (_, make) => {
  const seen = await lookAt(await make(), 'file').then(
    () => 'taken',
    (error: Error) => error.name,
  );
  expect(['taken', 'FileRefused']).toContain(seen);
});

/** The picture with this part in it, very often. */
function repeated(file: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([
    file.subarray(0, at),
    Buffer.alloc(part.length * 2_000_000, part),
    file.subarray(at),
  ]);
}

test('a sound with a tag tells its length whatever its name is', async () => {
  const looked = await lookAt(mp3Of(melodyFor('song', 3)), 'song');
  expect(looked.durationSeconds).toBeCloseTo(3, 0);
});
