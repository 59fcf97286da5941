import type OpenAI from 'openai';
import { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';
import { callsTo } from '#tests/support/routes.ts';
import { upload } from '#tests/support/uploading.ts';

let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  openai = openaiOf(product);
});
afterAll(() => discard(product));

const create = (model: string, more: object = {}) =>
  openai.videos
    .create({ model, prompt: 'A heron takes off', ...more } as OpenAI.VideoCreateParams)
    .withResponse();

test.each([
  ['kling/kling-2.5-turbo', { seconds: '5', size: '1280x720' }, '1280x720'],
  ['seedance/seedance-1.0-pro-fast', { seconds: '4', size: '720x1280' }, '720x1280'],
])(
  '%s films for OpenAI’s own client: begun, looked at, fetched, charged once it is there',
  async (model, more, size) => {
    const before = await settledWallet(member);
    const { data, response } = await create(model, more);
    expect(data).toMatchObject({ object: 'video', model, size, seconds: more.seconds, error: null });
    expect(['queued', 'in_progress']).toContain(data.status);
    const kept = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({ state: 'settled', title: 'A heron takes off' });
    const seen = await openai.videos.retrieve(data.id);
    expect(seen).toMatchObject({ status: 'completed', progress: 100 });
    const film = await openai.videos.downloadContent(data.id);
    expect(film.headers.get('content-type')).toBe('video/mp4');
    expect((await film.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    expect((await settledWallet(member)).available).toBe(before.available - BigInt(kept.chargedMicro));
  },
);

test('a picture begins the film, by a form or inside the body', async () => {
  const bytes = await sharp({ create: { width: 640, height: 640, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const picture = await toFile(bytes, 'first.png', { type: 'image/png' });
  const formed = await create('kling/kling-2.5-turbo', { input_reference: picture });
  expect((await finished(member, formed.response.headers.get('x-mluen-generation')!)).files).toHaveLength(1);
  const inline = await fetch(`${product.url}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'kling/kling-2.5-turbo',
      prompt: 'Slowly',
      input_reference: { image_url: `data:image/png;base64,${bytes.toString('base64')}` },
    }),
  });
  expect(inline.status).toBe(200);
});

test('films are listed newest first, and a deleted one is gone', async () => {
  const { data, response } = await create('kling/kling-2.5-turbo');
  await finished(member, response.headers.get('x-mluen-generation')!);
  const ids: string[] = [];
  for await (const video of await openai.videos.list({ limit: 2 })) ids.push(video.id);
  expect(ids[0]).toBe(data.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await openai.videos.delete(data.id)).toMatchObject({ deleted: true });
  await expect(openai.videos.retrieve(data.id)).rejects.toMatchObject({ status: 404 });
});

test('a film that fails says why, and costs nothing', async () => {
  const before = await settledWallet(member);
  const { data, response } = await create('kling/kling-2.5-turbo', { prompt: '[sandbox:refuse] x' });
  await finished(member, response.headers.get('x-mluen-generation')!);
  expect(await openai.videos.retrieve(data.id)).toMatchObject({
    status: 'failed',
    error: { code: 'rejected_content', message: expect.stringContaining('not charged') },
  });
  await expect(openai.videos.downloadContent(data.id)).rejects.toMatchObject({ status: 404 });
  expect(await settledWallet(member)).toEqual(before);
});

test('what a model cannot do is refused clearly, and nothing is charged', async () => {
  const before = await settledWallet(member);
  const cases: [() => Promise<unknown>, number, string][] = [
    [() => create('kling/kling-2.5-turbo', { seconds: '7' }), 400, 'duration'],
    [() => create('kling/kling-2.5-turbo', { size: '1024x1792' }), 400, '16:9'],
    [() => create('openai/gpt-6-luna'), 404, 'not a video model'],
    [() => openai.videos.retrieve('video_nothing'), 404, 'no video'],
    [() => openai.videos.remix('video_nothing', { prompt: 'x' }), 404, ''],
  ];
  for (const [call, status, words] of cases)
    await expect(call()).rejects.toMatchObject({ status, message: expect.stringContaining(words) });
  const wrong = openaiOf(product, 'mlu_wrong-wrong');
  await expect(wrong.videos.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  expect(await settledWallet(member)).toEqual(before);
});

test('what Veo makes in eight seconds only is refused in words, in the studio as by the API, before anything is held or sent', async () => {
  const before = await settledWallet(member);
  const modelId = 'google-cloud/veo-3.1-generate';
  const bytes = await sharp({ create: { width: 640, height: 640, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const picture = await upload(member, 'heron.png', bytes);
  const cases: [given: Record<string, unknown>, cause: string][] = [
    [{ reference_images: [`file:${picture}`] }, 'reference_images'],
    [{ resolution: '1080p' }, 'resolution'],
  ];
  for (const [given, cause] of cases) {
    const message = `must be 8 with the given ${cause}`;
    const params = { prompt: 'A heron takes off', duration: 4, ...given };
    const fileIds = 'reference_images' in given ? [picture] : [];
    const quote = await member.call('POST', '/api/quotes', { modelId, params, fileIds });
    expect(quote).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'ask.params.duration', message }] },
    });
    await expect(create(modelId, { seconds: '4', ...given })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  }
  expect(await callsTo(product.simulators['google-cloud']!)).toBe(0);
  expect(await settledWallet(member)).toEqual(before);
});

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/';
  const get = async (path: string) =>
    (
      await fetch(`${product.url}/v1${path}`, {
        headers: { authorization: `Bearer ${product.member.apiKey}` },
      })
    ).json() as Promise<{ data: object[] }>;
  const list = await get('/videos?limit=5');
  expect(list.data.length).toBeGreaterThan(0);
  expectToFit(list, 'openai', `${schema}VideoListResource`);
});
