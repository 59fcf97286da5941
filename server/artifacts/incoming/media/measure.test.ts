import { expect, test } from 'vitest';
import { melodyFor, mp3Of, pcmOf, wavOf } from '#sandbox/kit/sound.ts';
import { adtsOf, flacOf, oggOpusOf } from '#sandbox/kit/sound-containers.ts';
import { film } from '#sandbox/kit/video.ts';
import { lookAt } from '../look.ts';
import { aFragmentedClip, aRecordedWebm, aTurnedClip, aWebm } from './test-clips.ts';

const notes = melodyFor('A melody', 7);
const sounds: [string, string, Buffer][] = [
  ['a.wav', 'audio/wav', wavOf(pcmOf(notes, 24_000), 24_000)],
  ['a.mp3', 'audio/mpeg', mp3Of(notes)],
  ['tagged.mp3', 'audio/mpeg', Buffer.concat([anId3Tag(5_000), mp3Of(notes, 48_000, 128)])],
  ['a.flac', 'audio/flac', flacOf(pcmOf(notes, 24_000), 24_000)],
  ['a.opus', 'audio/ogg', oggOpusOf(7)],
  ['a.aac', 'audio/aac', adtsOf(7)],
  ['a.webm', 'audio/webm', aWebm({ seconds: 7 })],
  ['recorded.webm', 'audio/webm', aRecordedWebm(7)],
];

test.each(sounds)('%s is %s of seven seconds, by its content', async (name, mediaType, bytes) => {
  const looked = await lookAt(bytes, name);
  expect(looked).toMatchObject({ mediaType, width: null, changes: [] });
  expect(looked.durationSeconds).toBeCloseTo(7, 0);
});

test('a clip tells its length, sides and frames', async () => {
  const clip = await film({ prompt: 'Waves', width: 720, height: 1280, seconds: 3 });
  expect(await lookAt(clip, 'waves.mp4')).toMatchObject({
    mediaType: 'video/mp4',
    durationSeconds: 3,
    width: 720,
    height: 1280,
    framesPerSecond: 24,
  });
});

test('a clip that was filmed upright has the sides that are seen', async () => {
  const clip = aTurnedClip(await film({ prompt: 'Waves', width: 640, height: 360, seconds: 1 }));
  expect(await lookAt(clip, 'waves.mov')).toMatchObject({ width: 360, height: 640 });
});

test('a clip in fragments is as long as they are together', async () => {
  expect(await lookAt(aFragmentedClip(30, 5), 'recorded.mp4')).toMatchObject({ durationSeconds: 150 });
});

test('a WebM clip tells its sides and frames', async () => {
  const clip = aWebm({ seconds: 4, video: { width: 640, height: 480, framesPerSecond: 25 } });
  expect(await lookAt(clip, 'clip.webm')).toMatchObject({
    mediaType: 'video/webm',
    durationSeconds: 4,
    width: 640,
    height: 480,
    framesPerSecond: 25,
  });
});

test('an MP4 without pictures is a sound', async () => {
  const clip = await film({ prompt: 'Waves', width: 320, height: 320, seconds: 1 });
  const silent = Buffer.from(clip.toString('latin1').replace('vide', 'soun'), 'latin1');
  expect(await lookAt(silent, 'voice.m4a')).toMatchObject({ mediaType: 'audio/x-m4a', width: null });
});

test.each(sounds.filter(([, type]) => !/mpeg|aac|webm|flac/.test(type)))(
  'half of %s (%s) is said to be cut short',
  async (name, _type, bytes) => {
    await expect(lookAt(bytes.subarray(0, bytes.length / 2), name)).rejects.toMatchObject({ why: 'broken' });
  },
);

test('half of a clip is said to be cut short', async () => {
  const clip = await film({ prompt: 'Waves', width: 320, height: 320, seconds: 1 });
  await expect(lookAt(clip.subarray(0, clip.length / 2), 'a.mp4')).rejects.toMatchObject({ why: 'broken' });
});

test('whatever its lengths say, a reader ends within the file', async () => {
  const clip = await film({ prompt: 'Waves', width: 320, height: 320, seconds: 1 });
  for (const bytes of [clip, ...sounds.map(([, , sound]) => sound)])
    for (let seed = 1; seed < 200; seed++) {
      const bent = Buffer.from(bytes.subarray(0, 4_000));
      for (let change = 0; change < 6; change++)
        bent[16 + ((seed * 7919 + change * 104_729) % 3_900)] = (seed * 31 + change) % 256;
      const seen = await lookAt(bent, 'file').then(
        () => 'taken',
        (error: Error) => error.name,
      );
      expect(['taken', 'FileRefused']).toContain(seen);
    }
});

function anId3Tag(size: number): Buffer {
  const head = Buffer.from('ID3\u0004\0\0', 'latin1');
  return Buffer.concat([head, Buffer.from([0, 0, size >> 7, size & 0x7f]), Buffer.alloc(size)]);
}
