import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKling } from '../kling/kling.ts';
import { startQwen } from '../qwen/qwen.ts';
import { startSeedance } from '../seedance/seedance.ts';
import type { Simulator } from '../simulator.ts';
import { clipOf } from './clip.ts';
import { draw } from './picture.ts';
import { melodyFor, mp3Of, pcmOf, wavOf } from './sound.ts';
import { film } from './video.ts';

/** Providers that are given an address fetch what is there, look at it, and refuse what they cannot use. */
const files = new Map<string, Buffer>();
let host: Server;
let base: string;
let kling: Simulator;
let qwen: Simulator;
let seedance: Simulator;

beforeAll(async () => {
  const clip = (width: number, height: number, seconds: number) =>
    film({ prompt: 'Waves', width, height, seconds });
  const good = await clip(960, 960, 4);
  files.set('/good.mp4', good);
  files.set('/short.mp4', await clip(960, 960, 1));
  files.set('/small.mp4', await clip(320, 320, 4));
  files.set('/half.mp4', good.subarray(0, good.length / 2));
  files.set('/song.wav', wavOf(pcmOf(melodyFor('song', 4), 24_000), 24_000));
  files.set('/long.wav', wavOf(pcmOf(melodyFor('song', 40), 24_000), 24_000));
  files.set('/page.html', Buffer.from('<html>not a clip</html>'));
  host = createServer((request, answer) => {
    if (request.url === '/moved.mp4') return answer.writeHead(302, { location: '/good.mp4' }).end();
    const file = files.get(request.url ?? '');
    return answer.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  [kling, qwen, seedance] = await Promise.all([startKling(), startQwen(), startSeedance()]);
});
afterAll(async () => {
  host.close();
  await Promise.all([kling, qwen, seedance].map((one) => one.close()));
});

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-good-key', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}
const toKling = (type: string, name: string) =>
  post(`${kling.url}/omni-video/kling-3.0-omni`, {
    contents: [
      { type: 'prompt', text: 'Follow it' },
      { type, url: base + name },
    ],
    settings: { audio: 'off' },
  });
const toQwen = (media: { type: string; url: string }[], model = 'wan3.0-video') =>
  post(
    `${qwen.url}/api/v1/services/aigc/video-generation/video-synthesis`,
    { model, input: { prompt: 'Follow it', media }, parameters: { resolution: '720P', duration: 5 } },
    { 'x-dashscope-async': 'enable' },
  );
const toSeedance = (content: unknown[]) =>
  post(`${seedance.url}/api/v3/contents/generations/tasks`, {
    model: 'dreamina-seedance-2-0-260128',
    content: [{ type: 'text', text: 'Follow it' }, ...content],
    resolution: '720p',
    duration: 5,
  });
const clipPart = (name: string) => ({
  type: 'video_url',
  video_url: { url: base + name },
  role: 'reference_video',
});
const soundPart = (name: string) => ({
  type: 'audio_url',
  audio_url: { url: base + name },
  role: 'reference_audio',
});

test.each([
  ['/good.mp4', 200, /SUCCEED/],
  ['/missing.mp4', 400, /could not be downloaded/],
  ['/moved.mp4', 400, /could not be downloaded/],
  ['/half.mp4', 400, /could not be downloaded or read/],
  ['/page.html', 400, /could not be downloaded or read/],
  ['/song.wav', 400, /only mp4 and mov/],
  ['/short.mp4', 400, /between 3s and 15.5s/],
  ['/small.mp4', 400, /between 700px and 4553px/],
])('Kling answers %s with %i', async (name, status, words) => {
  const answer = await toKling('feature_video', name);
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(words);
});

test.each([
  [[['reference_video', '/good.mp4']], 200, /PENDING/],
  [
    [
      ['reference_video', '/good.mp4'],
      ['reference_audio', '/song.wav'],
    ],
    200,
    /PENDING/,
  ],
  [[['reference_video', '/missing.mp4']], 400, /InputDownloadFailed/],
  [[['reference_video', '/song.wav']], 400, /no video/],
  [
    [
      ['reference_video', '/good.mp4'],
      ['reference_audio', '/long.wav'],
    ],
    400,
    /between 2s and 30s/,
  ],
] as const)('Wan answers %j with %i', async (media, status, words) => {
  const answer = await toQwen(media.map(([type, name]) => ({ type, url: base + name })));
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(words);
});

test('Seedance fetches clips and sounds, counts their seconds, and takes no sound alone', async () => {
  expect((await toSeedance([clipPart('/good.mp4'), soundPart('/song.wav')])).status).toBe(200);
  expect(await toSeedance([clipPart('/half.mp4')])).toMatchObject({
    status: 400,
    text: expect.stringMatching(/downloaded or read/),
  });
  expect(await toSeedance([clipPart('/short.mp4')])).toMatchObject({
    status: 400,
    text: expect.stringMatching(/between 2s and 15s/),
  });
  expect(await toSeedance([soundPart('/song.wav')])).toMatchObject({
    status: 400,
    text: expect.stringMatching(/beside it/),
  });
  expect(await toSeedance(Array(4).fill(clipPart('/good.mp4')))).toMatchObject({
    status: 400,
    text: expect.stringMatching(/15s in all|at most 3/),
  });
});

test('clips and sounds are read for what they are', async () => {
  expect(clipOf(files.get('/good.mp4')!)).toMatchObject({
    kind: 'video',
    format: 'mp4',
    seconds: 4,
    width: 960,
    height: 960,
    framesPerSecond: 24,
  });
  expect(clipOf(files.get('/song.wav')!)).toMatchObject({ kind: 'audio', seconds: 4 });
  expect(clipOf(mp3Of(melodyFor('song', 5)))!.seconds).toBeCloseTo(5, 0);
  expect(clipOf(await draw({ prompt: 'x', width: 64, height: 64, format: 'png' }))).toBeNull();
});
