import type OpenAI from 'openai';
import { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { aRecording } from '#server/providers/test-files.ts';
import { auditOf, finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '5' }));
  openai = openaiOf(product);
});
afterAll(() => discard(product));

const micro = (usd: string) => BigInt(usd.replace('.', ''));
const FLUX = 'flux/flux-2-klein-4b';
const pictureOf = async ({ data }: OpenAI.ImagesResponse, at = 0) =>
  sharp(Buffer.from(data![at]!.b64_json!, 'base64')).metadata();
const aPicture = async (name = 'cat.png') =>
  toFile(
    await sharp({ create: { width: 512, height: 512, channels: 3, background: 'teal' } })
      .png()
      .toBuffer(),
    name,
    { type: 'image/png' },
  );

test.each([
  ['openai/gpt-image-2', { size: '1536x1024', quality: 'low', n: 2 }, 1536, 1024, 2],
  [FLUX, { size: '512x768', output_format: 'png' }, 512, 768, 1],
  ['flux/flux-kontext-pro', { size: '1536x1024' }, undefined, undefined, 1],
  ['google/gemini-nano-banana-2.1', { size: '1024x1024' }, undefined, undefined, 1],
  ['qwen/qwen-image-2.0', { size: '1024x1024', n: 2 }, 1024, 1024, 2],
  ['seedance/seedream-4.5', { size: '1024x1024' }, 1024, 1024, 1],
] as const)(
  '%s makes pictures for OpenAI’s own client, charged and kept',
  async (model, more, width, height, count) => {
    const before = await settledWallet(member);
    const { data, response } = await openai.images
      .generate({ model, prompt: 'A quiet harbour', ...more } as OpenAI.ImageGenerateParamsNonStreaming)
      .withResponse();
    expect(data.data).toHaveLength(count);
    const seen = await pictureOf(data);
    if (width !== undefined) expect([seen.width, seen.height]).toEqual([width, height]);
    const cost = micro(response.headers.get('x-mluen-cost')!);
    expect(cost).toBeGreaterThan(0n);
    expect(micro(response.headers.get('x-mluen-balance')!)).toBe(before.available - cost);
    const kept = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({
      state: 'settled',
      modelId: model,
      chargedMicro: cost.toString(),
      title: 'A quiet harbour',
    });
    expect(kept.outputs).toHaveLength(count);
    expect(kept.sentTo.some(({ kinds }) => kinds.includes('prompt'))).toBe(true);
    expect((await settledWallet(member)).available).toBe(before.available - cost);
  },
);

test('an address instead of bytes opens the picture without a key, and says nothing', async () => {
  const made = await openai.images.generate({
    model: FLUX,
    prompt: 'A lamp',
    size: '512x512',
    response_format: 'url',
  });
  const { url } = made.data![0]!;
  const answer = await fetch(url!);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width).toBe(512);
  const other = url!.replace(/.(?=\.[a-z]+$)/, (last) => (last === 'A' ? 'B' : 'A'));
  expect((await fetch(other)).status).toBe(404);
});

test.each(['openai/gpt-image-2', FLUX, 'flux/flux-pro-1.1'])(
  'a picture is edited by %s, and its file is kept with the call',
  async (model) => {
    const { data, response } = await openai.images
      .edit({ model, image: await aPicture(), prompt: 'Make it night' })
      .withResponse();
    expect((await pictureOf(data)).width).toBeGreaterThan(0);
    const kept = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(kept.files).toHaveLength(1);
    expect(kept.sentTo.some(({ kinds }) => kinds.includes('files'))).toBe(true);
  },
);

test('several pictures and a mask go along to a model that takes them', async () => {
  const made = await openai.images.edit({
    model: 'openai/gpt-image-2',
    image: [await aPicture('a.png'), await aPicture('b.png')],
    mask: await aPicture('mask.png'),
    prompt: 'Join them',
    quality: 'low',
  });
  expect(made.usage!.input_tokens_details.image_tokens).toBeGreaterThan(0);
});

test.each([
  ['openai/gpt-4o-mini-tts', { voice: 'coral', instructions: 'Warmly', response_format: 'wav' }, 'audio/wav'],
  ['openai/tts-1', { voice: 'alloy' }, 'audio/mpeg'],
  ['elevenlabs/eleven-flash-v2-5', { response_format: 'mp3' }, 'audio/mpeg'],
  ['google/gemini-3.8-flash-tts', { voice: 'Kore', instructions: 'Calmly' }, 'audio/wav'],
] as const)('%s speaks for OpenAI’s own client', async (model, more, mediaType) => {
  const answer = await openai.audio.speech.create({
    model,
    input: 'The tide comes in at noon.',
    ...more,
  } as OpenAI.Audio.SpeechCreateParams);
  expect(answer.headers.get('content-type')).toContain(mediaType);
  expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  const kept = await finished(member, answer.headers.get('x-mluen-generation')!);
  expect(kept).toMatchObject({ state: 'settled', title: 'The tide comes in at noon.' });
  // What is heard while it is made has its cost in the trailers, which fetch does not show.
  const cost = answer.headers.get('x-mluen-cost');
  expect(cost === null).toBe(answer.headers.has('trailer'));
  if (cost !== null) expect(micro(cost).toString()).toBe(kept.chargedMicro);
});

test.each(['openai/gpt-transcribe', 'openai/gpt-4o-transcribe', 'openai/whisper-1', 'elevenlabs/scribe-v2'])(
  '%s listens for OpenAI’s own client',
  async (model) => {
    const file = await toFile(aRecording().bytes, 'talk.wav', { type: 'audio/wav' });
    const { data, response } = await openai.audio.transcriptions
      .create({ model, file, language: 'en' })
      .withResponse();
    expect(data.text).not.toBe('');
    const kept = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({ state: 'settled', text: data.text });
    const plain = await openai.audio.transcriptions.create({ model, file, response_format: 'text' });
    expect(plain).toMatch(/^You asked about/);
  },
);

test('what is sent twice with one key is made and charged once, a form as well', async () => {
  const before = await settledWallet(member);
  const again = async (once: () => Promise<{ response: Response }>) => {
    const [first, second] = [await once(), await once()];
    expect(second.response.headers.get('idempotent-replayed')).toBe('true');
    const id = first.response.headers.get('x-mluen-generation')!;
    expect(second.response.headers.get('x-mluen-generation')).toBe(id);
    return BigInt((await finished(member, id)).chargedMicro);
  };
  const spent = await again(() =>
    openai.images
      .generate({ model: FLUX, prompt: 'Once' }, { headers: { 'Idempotency-Key': 'one-picture' } })
      .withResponse(),
  );
  const heard = await again(async () =>
    openai.audio.transcriptions
      .create(
        { model: 'openai/whisper-1', file: await toFile(aRecording().bytes, 'once.wav') },
        { headers: { 'Idempotency-Key': 'one-sound' } },
      )
      .withResponse(),
  );
  expect((await settledWallet(member)).available).toBe(before.available - spent - heard);
  await expect(
    openai.images.generate(
      { model: FLUX, prompt: 'Other' },
      { headers: { 'Idempotency-Key': 'one-picture' } },
    ),
  ).rejects.toMatchObject({ status: 422, code: 'idempotency_key_reused' });
});

test('captions are answered by a model that has them', async () => {
  const file = await toFile(aRecording().bytes, 'talk.wav', { type: 'audio/wav' });
  const captions = await openai.audio.transcriptions.create({
    model: 'openai/whisper-1',
    file,
    response_format: 'srt',
  });
  expect(captions).toContain(' --> ');
});

test('what a model cannot do is refused clearly, and nothing is charged', async () => {
  const before = await settledWallet(member);
  const image = (model: string, more: object) =>
    openai.images.generate({ model, prompt: 'x', ...more } as OpenAI.ImageGenerateParamsNonStreaming);
  const cases: [() => Promise<unknown>, number, string][] = [
    [() => image(FLUX, { n: 3 }), 400, 'one picture a call'],
    [() => image(FLUX, { quality: 'high' }), 400, 'has no `quality`'],
    [() => image('flux/flux-kontext-pro', { size: '1000x777' }), 400, 'send a size of such a shape'],
    [() => image('openai/gpt-image-2', { style: 'vivid' }), 400, 'style'],
    [() => image(FLUX, { stream: true }), 400, 'stream'],
    [() => image('openai/gpt-6-luna', {}), 404, 'not an image model'],
    [() => image(FLUX, { prompt: '[sandbox:refuse] x' }), 400, 'declined'],
    [() => image('openai/gpt-image-2', { prompt: '[sandbox:429] x' }), 429, 'no more requests'],
    [() => openai.audio.speech.create({ model: 'openai/tts-1', voice: 'nobody', input: 'x' }), 400, 'voice'],
    [
      () =>
        openai.audio.speech.create({
          model: 'elevenlabs/eleven-v4',
          voice: 'x',
          input: 'x',
          instructions: 'y',
        }),
      400,
      'takes no instructions',
    ],
    [() => openai.images.edit({ model: FLUX, image: [], prompt: 'x' } as never), 400, ''],
  ];
  for (const [call, status, words] of cases)
    await expect(call()).rejects.toMatchObject({ status, message: expect.stringContaining(words) });
  const wrong = openaiOf(product, 'mlu_wrong-wrong');
  await expect(
    wrong.audio.transcriptions.create({
      model: 'openai/whisper-1',
      file: await toFile(aRecording().bytes, 'a.wav', { type: 'audio/wav' }),
    }),
  ).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  expect(await settledWallet(member)).toEqual(before);
});

test('too little money is a 402 that says how much is missing', async () => {
  const calls = Array.from({ length: 8 }, () =>
    openai.images
      .generate({
        model: 'openai/gpt-image-2.6-sunburst',
        prompt: 'x',
        n: 10,
        quality: 'max',
        size: '2560x1440',
      })
      .then(
        () => null,
        (error: InstanceType<typeof OpenAI.APIError>) => error,
      ),
  );
  const refused = (await Promise.all(calls)).filter((error) => error?.status === 402);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]!.message).toMatch(/\$\d+\.\d{6} is missing/);
}, 90_000);

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/';
  const post = async (path: string, body: unknown) =>
    (
      await fetch(`${product.url}/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${product.member.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json();
  const image = { model: 'openai/gpt-image-2', prompt: 'x', quality: 'low' };
  expectToFit(await post('/images/generations', image), 'openai', `${schema}ImagesResponse`);
  expectToFit(await post('/images/generations', { ...image, n: 99 }), 'openai', `${schema}ErrorResponse`);
  const text = await openai.audio.transcriptions.create({
    model: 'openai/gpt-4o-transcribe',
    file: await toFile(aRecording().bytes, 'talk.wav', { type: 'audio/wav' }),
  });
  expectToFit(text, 'openai', `${schema}CreateTranscriptionResponseJson`);
});

test('the ledger is sound', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
