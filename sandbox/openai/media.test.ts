import { fileTypeFromBuffer } from 'file-type';
import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import type { Simulator } from '../simulator.ts';
import { startOpenAi } from './openai.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startOpenAi();
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const bytesOf = (reply: OpenAI.ImagesResponse, at = 0) =>
  Buffer.from(reply.data?.[at]?.b64_json ?? '', 'base64');

test('images have the size and format asked for, and usage by the table', async () => {
  const reply = await client.images.generate({
    model: 'gpt-image-2',
    prompt: 'A lamp',
    size: '1536x1024',
    quality: 'high',
    n: 2,
    output_format: 'webp',
  });
  expect(await sharp(bytesOf(reply, 1)).metadata()).toMatchObject({
    width: 1536,
    height: 1024,
    format: 'webp',
  });
  expect(reply.usage?.output_tokens).toBe(2 * 5488);
  const square = await client.images.generate({ model: 'gpt-image-2', prompt: 'A lamp', quality: 'low' });
  expect(square.usage).toMatchObject({ output_tokens: 196, input_tokens: 2 });
});

test('an edit counts its input images', async () => {
  const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const reply = await client.images.edit({
    model: 'gpt-image-2',
    prompt: 'Blue',
    image: [
      await toFile(picture, 'a.png', { type: 'image/png' }),
      await toFile(picture, 'b.png', { type: 'image/png' }),
    ],
  });
  expect(reply.usage?.input_tokens_details.image_tokens).toBe(640);
  expect(await sharp(bytesOf(reply)).metadata()).toMatchObject({ format: 'png' });
});

test('a streamed image sends its partial images first, and each costs', async () => {
  const stream = await client.images.generate({
    model: 'gpt-image-2',
    prompt: 'A lamp',
    quality: 'low',
    stream: true,
    partial_images: 2,
  });
  const events = await Array.fromAsync(stream);
  expect(events.map(({ type }) => type)).toEqual([
    'image_generation.partial_image',
    'image_generation.partial_image',
    'image_generation.completed',
  ]);
  expect(events.at(-1)).toMatchObject({ usage: { output_tokens: 396 } });
});

test.each([
  [{ size: '1000x1000' }, 'invalid_value'],
  [{ response_format: 'url' }, 'unknown_parameter'],
  [{ model: 'dall-e-3' }, 'model_not_found'],
  [{ quality: 'max' }, 'invalid_value'],
  [{ prompt: '[sandbox:refuse]' }, 'moderation_blocked'],
])('%o is refused', async (change, code) => {
  const body = { model: 'gpt-image-2', prompt: 'x', ...change } as OpenAI.ImageGenerateParamsNonStreaming;
  await expect(client.images.generate(body)).rejects.toMatchObject({ code });
});

test.each([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['opus', 'audio/ogg; codecs=opus'],
  ['aac', 'audio/aac'],
] as const)('speech comes as %s', async (format, mime) => {
  const reply = await client.audio.speech.create({
    model: 'gpt-4o-mini-tts',
    voice: 'marin',
    input: 'Good morning to all of you',
    response_format: format,
  });
  const bytes = Buffer.from(await reply.arrayBuffer());
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe(mime);
});

test('a transcript reports tokens or seconds, by model', async () => {
  const speech = await client.audio.speech.create({
    model: 'tts-1',
    voice: 'alloy',
    input: 'a'.repeat(150),
    response_format: 'wav',
  });
  const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'speech.wav');
  const timed = await client.audio.transcriptions.create({ file, model: 'whisper-1' });
  expect(timed).toMatchObject({ usage: { type: 'duration', seconds: 10 } });
  const counted = await client.audio.transcriptions.create({ file, model: 'gpt-4o-transcribe' });
  expect(counted).toMatchObject({ usage: { type: 'tokens' }, text: expect.any(String) });
  const events = await Array.fromAsync(
    await client.audio.transcriptions.create({ file, model: 'gpt-4o-transcribe', stream: true }),
  );
  expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: counted.text });
});

test.skipIf(specsMissing)('media answers fit the public description', async () => {
  const reply = await client.images.generate({ model: 'gpt-image-2', prompt: 'A lamp', quality: 'low' });
  expectToFit(reply, 'openai', '/components/schemas/ImagesResponse');
});
