import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { newId } from '#server/database/ids.ts';
import { textBound } from '#server/providers/chat-completions/bound.ts';
import { tokensOfFile } from '#server/providers/file-tokens.ts';
import type { Call, InputFile } from '#server/providers/provider.ts';
import { isReachable, openAddress, sealAddress } from './file-address.ts';
import { changesFor, fitFiles } from './file-fit.ts';
import { refuseFiles } from './file-limits.ts';
import { refuseStrangers } from './message-files.ts';

const modelOf = (id: string) =>
  shippedProviders.flatMap(({ models }) => models).find((model) => model.id === id)!;
const MEGABYTE = 1024 * 1024;

function aFile(mediaType: string, more: Partial<InputFile> = {}): InputFile {
  return {
    id: newId(),
    name: `a.${mediaType.split('/')[1]}`,
    mediaType,
    bytes: Buffer.alloc(0),
    size: MEGABYTE,
    ...more,
  };
}
const aClip = (more: Partial<InputFile> = {}) =>
  aFile('video/mp4', { width: 1280, height: 720, durationSeconds: 5, framesPerSecond: 30, ...more });

const refusalOf = (id: string, files: InputFile[], params: Record<string, unknown> = {}): string => {
  try {
    refuseFiles(modelOf(id), files, params);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('what a provider would refuse is refused before it has a price', () => {
  test.each<[string, string, InputFile[], RegExp]>([
    [
      'a clip that is too short',
      'kling/kling-3.0-omni',
      [aClip({ durationSeconds: 2 })],
      /2 seconds long.*3 to 15.5 seconds/,
    ],
    [
      'a clip that is too long',
      'qwen/wan2.7-videoedit',
      [aClip({ durationSeconds: 40 })],
      /40 seconds long.*2 to 10 seconds/,
    ],
    [
      'a clip that is too small',
      'kling/kling-3.0-omni',
      [aClip({ width: 640, height: 360 })],
      /640 × 360.*at least 700/,
    ],
    [
      'a clip that is too slow',
      'seedance/seedance-2.0',
      [aClip({ framesPerSecond: 12 })],
      /12 pictures a second.*24 to 60/,
    ],
    [
      'a clip that is too heavy',
      'seedance/seedance-2.0',
      [aClip({ size: 60 * MEGABYTE })],
      /60 MB.*up to 50 MB/,
    ],
    [
      'clips that are too long together',
      'seedance/seedance-2.0',
      [aClip({ durationSeconds: 9 }), aClip({ durationSeconds: 9 })],
      /18 seconds together.*at most 15/,
    ],
    [
      'a sound that is too long',
      'qwen/wan2.7-i2v',
      [aFile('audio/wav', { durationSeconds: 31 })],
      /31 seconds long.*2 to 30/,
    ],
    [
      'a picture that is too small',
      'kling/kling-3.0',
      [aFile('image/png', { width: 200, height: 400 })],
      /200 × 400.*at least 300/,
    ],
    [
      'a picture that is too wide',
      'kling/kling-3.0',
      [aFile('image/png', { width: 4000, height: 400 })],
      /4000 × 400.*0.4 to 2.5/,
    ],
    [
      'a document of too many pages',
      'anthropic/claude-opus-5',
      [aFile('application/pdf', { pages: 700 })],
      /700 pages.*600/,
    ],
    ['a type that it does not take', 'openai/gpt-6-luna', [aFile('audio/mpeg')], /audio\/mpeg.*text\/\*/],
    [
      'too many',
      'kling/kling-3.0',
      [aFile('image/png'), aFile('image/png'), aFile('image/png')],
      /at most 2 files/,
    ],
  ])('%s', (_, id, files, words) => {
    expect(refusalOf(id, files)).toMatch(words);
  });

  test('what it would take is taken', () => {
    expect(
      refusalOf('kling/kling-3.0-omni', [aClip(), aFile('image/png', { width: 800, height: 800 })]),
    ).toBe('');
    expect(refusalOf('anthropic/claude-opus-5', [aFile('application/pdf', { pages: 20 })])).toBe('');
  });

  test('words go into any text model, also one that takes no files of its own', () => {
    const deaf = shippedProviders
      .flatMap(({ models }) => models)
      .find(({ kind, accepts }) => kind === 'text' && accepts.maxFiles === 0)!;
    expect(refusalOf(deaf.id, [aFile('text/plain'), aFile('text/markdown')])).toBe('');
    expect(refusalOf(deaf.id, [aFile('image/png')])).toMatch(/at most 0 files/);
  });

  test('a field for a clip is given no picture', () => {
    const picture = aFile('image/png', { width: 800, height: 800 });
    expect(refusalOf('kling/kling-3.0-omni', [picture], { video: `file:${picture.id}` })).toMatch(
      /Clip takes clips/,
    );
  });

  test('a message that names a file which was not held for', () => {
    const content = [{ type: 'file', file: { file_id: `file:${newId()}` } }];
    expect(() => refuseStrangers([{ role: 'user', content }], [])).toThrow(/right/);
  });
});

describe('a picture that is larger than its provider takes', () => {
  const claude = modelOf('anthropic/claude-opus-5');

  test('is sent in the largest size that is taken, and that is said', async () => {
    const bytes = await sharp({ create: { width: 9000, height: 3000, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    const file = aFile('image/png', {
      name: 'wall.png',
      bytes,
      size: bytes.length,
      width: 9000,
      height: 3000,
    });
    expect(changesFor(claude, [file])).toEqual([
      expect.stringMatching(/«wall.png» is sent as 8000 × 2666 pixels/),
    ]);
    const [fitted] = await fitFiles(claude, [file]);
    expect(await sharp(fitted!.bytes).metadata()).toMatchObject({ width: 8000, height: 2666, format: 'png' });
    expect(fitted).toMatchObject({ width: 8000, height: 2666, mediaType: 'image/png' });
  });

  test('is packed more tightly where it is too heavy', async () => {
    const noise = Buffer.from(
      Array.from({ length: 1700 * 1700 * 3 }, (_, at) => (at * 2_654_435_761) >>> 24),
    );
    const bytes = await sharp(noise, { raw: { width: 1700, height: 1700, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const file = aFile('image/png', { bytes, size: bytes.length, width: 1700, height: 1700 });
    expect(changesFor(claude, [file])).toEqual([expect.stringMatching(/more tightly packed.*7 MB/)]);
    const [fitted] = await fitFiles(claude, [file]);
    expect(fitted!.bytes.length).toBeLessThanOrEqual(7 * MEGABYTE);
  });

  test('else goes as it is', async () => {
    const file = aFile('image/png', { width: 800, height: 600 });
    expect(changesFor(claude, [file])).toEqual([]);
    expect(await fitFiles(claude, [file])).toEqual([file]);
  });
});

describe('what files are held for', () => {
  const call = (messages: unknown, files: InputFile[]): Call => ({
    generationId: '',
    operation: 'text',
    upstreamModel: 'm',
    params: { messages },
    files,
    memberHash: '',
  });

  test.each<[string, InputFile, number, number]>([
    ['three pages', aFile('application/pdf', { pages: 3, textBytes: 6_000 }), 3 * 3_000, 40_000],
    ['a small picture', aFile('image/png', { width: 64, height: 64 }), 1_120, 4_000],
    ['a photograph', aFile('image/jpeg', { width: 4000, height: 3000 }), 10_000, 20_000],
    ['ten minutes of sound', aFile('audio/mpeg', { durationSeconds: 600 }), 600 * 32, 600 * 45],
    ['a page of text', aFile('text/plain', { size: 3_000 }), 3_000, 4_000],
  ])('%s come to what they hold, not to a hundred thousand tokens', (_, file, least, most) => {
    expect(tokensOfFile(file)).toBeGreaterThanOrEqual(least);
    expect(tokensOfFile(file)).toBeLessThanOrEqual(most);
  });

  test('a file that a message names is counted once', () => {
    const file = aFile('image/png', { width: 512, height: 512 });
    const named = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `file:${file.id}` } }] }];
    const joined = [{ role: 'user', content: '' }];
    expect(textBound(call(named, [file]), 1).input_token).toBe(
      textBound(call(joined, [file]), 1).input_token,
    );
  });
});

describe('the address of a file', () => {
  const secret = 'a secret of thirty-two letters or more';
  const address = {
    memberId: newId(),
    generationId: newId(),
    fileId: newId(),
    providerId: 'kling',
    until: new Date(1_900_000_000_000),
  };

  test('opens with its secret alone, and is the same each time', () => {
    const token = sealAddress(secret, address);
    expect(token).toBe(sealAddress(secret, address));
    expect(openAddress(secret, token)).toEqual(address);
    expect(openAddress('another secret of thirty-two letters', token)).toBeNull();
    expect(token).not.toBe(sealAddress(secret, { ...address, providerId: 'qwen' }));
  });

  test('is nothing once a letter of it is changed', () => {
    const token = sealAddress(secret, address);
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(openAddress(secret, token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
    }
    for (const noise of ['', 'a', '../../etc/passwd', 'A'.repeat(123)])
      expect(openAddress(secret, noise)).toBeNull();
  });

  test.each([
    ['https://mluen.example.org', true],
    ['https://8.8.8.8', true],
    ['http://mluen.example.org', false],
    ['https://localhost:3000', false],
    ['https://127.0.0.1', false],
    ['https://192.168.1.5', false],
    ['https://[::1]:8443', false],
    ['https://mluen.local', false],
    ['https://mluen', false],
    [undefined, false],
  ])('a provider reaches %s: %s', (url, expected) => {
    expect(isReachable(url)).toBe(expected);
  });
});
