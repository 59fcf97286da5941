import {
  GoogleGenAI,
  type Image,
  VideoCompressionQuality,
  type VideoGenerationReferenceImage,
  VideoGenerationReferenceType,
} from '@google/genai';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startGoogleCloud } from './google-cloud.ts';

/** Google's own client on its cloud, with the key file of a service account, from the grant to the film. */
let simulator: Simulator;
let credentials: object;
/** Where its grants went, before they were turned round. */
const granted: string[] = [];
beforeAll(async () => {
  simulator = await startGoogleCloud();
  credentials = (await (await fetch(`${simulator.url}/_control/service-account`)).json()) as object;
});
afterAll(() => simulator.close());

/** This client asks Google's own address for tokens, whatever the key file says. */
const fetchHere: typeof fetch = (input, init) => {
  const { href, pathname } = new URL(String(input));
  granted.push(href);
  return fetch(new URL(pathname, simulator.url), init);
};
const client = (apiVersion?: string) =>
  new GoogleGenAI({
    vertexai: true,
    project: 'sandbox-project',
    location: 'us-central1',
    apiVersion,
    googleAuthOptions: {
      credentials,
      clientOptions: { transporterOptions: { fetchImplementation: fetchHere } },
    },
    httpOptions: { baseUrl: simulator.url },
  });

const model = 'veo-3.1-generate-001';
const bucket = 'gs://films/out/';
const picture: Image = { imageBytes: 'AAAA', mimeType: 'image/png' };
const clip = { uri: 'gs://films/before.mp4', mimeType: 'video/mp4' };
const shows = (
  image = picture,
  referenceType = VideoGenerationReferenceType.ASSET,
): VideoGenerationReferenceImage => ({ image, referenceType });
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });

type Asked = Parameters<GoogleGenAI['models']['generateVideos']>[0];
async function made(asked: Partial<Asked>, ai = client()) {
  const operation = await ai.models.generateVideos({ model, ...asked });
  expect((await ai.operations.getVideosOperation({ operation })).done).not.toBe(true);
  await advance(10);
  return ai.operations.getVideosOperation({ operation });
}

describe.each([undefined, 'v1'])('version %s', (apiVersion) => {
  test('a film from words comes inside the answer', async () => {
    const { done, response } = await made(
      {
        source: { prompt: 'Waves' },
        config: {
          numberOfVideos: 1,
          durationSeconds: 4,
          aspectRatio: '9:16',
          resolution: '720p',
          generateAudio: false,
          negativePrompt: 'boats',
          personGeneration: 'allow_adult',
          seed: 42,
          enhancePrompt: true,
          compressionQuality: VideoCompressionQuality.OPTIMIZED,
          labels: { team: 'film' },
        },
      },
      client(apiVersion),
    );
    expect(done).toBe(true);
    const { videoBytes, mimeType } = response!.generatedVideos![0]!.video!;
    expect(mimeType).toBe('video/mp4');
    expect((await fileTypeFromBuffer(Buffer.from(videoBytes!, 'base64')))?.mime).toBe('video/mp4');
    expect(granted).toContain('https://oauth2.googleapis.com/token');
  });
});

test.each<[string, Partial<Asked>]>([
  ['a picture', { source: { prompt: 'It moves', image: picture }, config: { durationSeconds: 4 } }],
  [
    'its first and last frame',
    { source: { prompt: 'Between', image: picture }, config: { lastFrame: picture, durationSeconds: 6 } },
  ],
  ['a film to go on from', { source: { prompt: 'And then', video: clip } }],
  ['three references', { prompt: 'Together', config: { referenceImages: [shows(), shows(), shows()] } }],
  [
    'a picture that lies in a bucket',
    { prompt: 'It moves', image: { gcsUri: 'gs://films/a.png', mimeType: 'image/png' } },
  ],
])('from %s, films are put into the bucket that was named', async (_from, asked) => {
  const { response } = await made({
    ...asked,
    config: { ...asked.config, outputGcsUri: bucket, numberOfVideos: 2 },
  });
  const uris = response!.generatedVideos!.map(({ video }) => video!.uri!);
  expect(uris).toHaveLength(2);
  expect(new Set(uris).size).toBe(2);
  for (const uri of uris) expect(uri).toMatch(/^gs:\/\/films\/out\/.+\.mp4$/);
  expect(response!.generatedVideos!.every(({ video }) => video!.videoBytes === undefined)).toBe(true);
});

test.each<[string, Partial<Asked>, string]>([
  ['a fourth reference', { prompt: 'x', config: { referenceImages: Array(4).fill(shows()) } }, 'at most 3'],
  [
    'a style to follow',
    { prompt: 'x', config: { referenceImages: [shows(picture, VideoGenerationReferenceType.STYLE)] } },
    'referenceType',
  ],
  [
    'a short extension',
    { source: { prompt: 'x', video: clip }, config: { durationSeconds: 4 } },
    '8 seconds',
  ],
  ['a bucket that is none', { prompt: 'x', config: { outputGcsUri: 'https://films.example' } }, 'storageUri'],
  ['five seconds', { prompt: 'x', config: { durationSeconds: 5 } }, 'durationSeconds'],
  ['a picture without bytes', { prompt: 'x', image: { mimeType: 'image/png' } }, 'exactly one of'],
])('%s is refused', async (_what, asked, why) => {
  const refusal = expect(client().models.generateVideos({ model, ...asked })).rejects;
  await refusal.toMatchObject({ status: 400, message: expect.stringContaining(why) });
});

test('a filtered film is counted and told why, a failed one has an error', async () => {
  const filtered = (await made({ prompt: '[sandbox:refuse]', config: { durationSeconds: 4 } })).response!;
  expect(filtered.raiMediaFilteredCount).toBe(1);
  expect(filtered.raiMediaFilteredReasons![0]).toContain('Support codes');
  expect(filtered.generatedVideos ?? []).toEqual([]);
  expect((await made({ prompt: '[sandbox:error]' })).error).toMatchObject({ code: 13 });
});

test('models and operations that are not there are not found', async () => {
  const missing = client().models.generateVideos({ model: 'veo-2.0-generate-001', prompt: 'x' });
  await expect(missing).rejects.toMatchObject({ status: 404 });
  const operation = await client().models.generateVideos({ model, prompt: 'x' });
  operation.name = `${operation.name}0`;
  await expect(client().operations.getVideosOperation({ operation })).rejects.toMatchObject({ status: 404 });
});
