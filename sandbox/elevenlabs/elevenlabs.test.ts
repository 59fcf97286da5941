import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { melodyFor, pcmOf, wavOf } from '../kit/sound.ts';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import type { Simulator } from '../simulator.ts';
import { startElevenLabs } from './elevenlabs.ts';

const voice = 'JBFqnCBsd6RMkjVDRZzb';
let simulator: Simulator;
let client: ElevenLabsClient;

beforeAll(async () => {
  simulator = await startElevenLabs();
  client = new ElevenLabsClient({ apiKey: 'sk_test', baseUrl: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());

const raw = (path: string, body: unknown, key = 'sk_test') =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'xi-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const bytesOf = async (stream: ReadableStream<Uint8Array>) =>
  Buffer.concat(await Array.fromAsync(stream as unknown as AsyncIterable<Uint8Array>));
const wav = wavOf(pcmOf(melodyFor('x', 5), 16_000), 16_000);
const control = async (path: string, body: unknown) =>
  fetch(`${simulator.url}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) });

test('speech comes whole and streamed, the same bytes, with its cost in a header', async () => {
  const { data, rawResponse } = await client.textToSpeech
    .convert(voice, { text: 'Good morning' })
    .withRawResponse();
  const whole = await bytesOf(data);
  expect((await fileTypeFromBuffer(whole))?.mime).toBe('audio/mpeg');
  expect(rawResponse.headers.get('character-cost')).toBe('12');
  const streamed = await bytesOf(await client.textToSpeech.stream(voice, { text: 'Good morning' }));
  expect(streamed.equals(whole)).toBe(true);
});

test('a model can cost less than its characters', async () => {
  const reply = await raw(`/v1/text-to-speech/${voice}`, { text: 'Good morning', model_id: 'eleven_v3' });
  expect(reply.headers.get('character-cost')).toBe('3');
});

test('timestamps align each character', async () => {
  const reply = await client.textToSpeech.convertWithTimestamps(voice, { text: 'Hi' });
  expect(reply.alignment?.characters).toEqual(['H', 'i']);
});

test('formats are what they say', async () => {
  const pcm = await bytesOf(
    await client.textToSpeech.convert(voice, { text: 'x'.repeat(30), outputFormat: 'pcm_16000' }),
  );
  expect(pcm.length).toBe(16_000 * 2 * 2);
  expect(
    (await raw(`/v1/text-to-speech/${voice}/stream?output_format=wav_16000`, { text: 'x' })).status,
  ).toBe(400);
});

test('sounds and music last as long as asked', async () => {
  const { data, rawResponse } = await client.textToSoundEffects
    .convert({ text: 'Rain', durationSeconds: 3 })
    .withRawResponse();
  expect((await bytesOf(data)).length).toBeGreaterThan(40_000);
  expect(rawResponse.headers.get('character-cost')).toBe('60');
  const song = await bytesOf(await client.music.compose({ prompt: 'A slow song', musicLengthMs: 10_000 }));
  expect(Math.round(song.length / 16_000)).toBe(10);
  await expect(client.music.compose({ prompt: '[sandbox:refuse]' })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test('a dialogue of several voices comes in all its four forms', async () => {
  const inputs = [
    { text: 'Good morning', voiceId: voice },
    { text: 'Good night', voiceId: 'EXAVITQu4vr4xnSDxMaL' },
  ];
  const whole = await bytesOf(await client.textToDialogue.convert({ inputs, modelId: 'eleven_v3' }));
  expect((await fileTypeFromBuffer(whole))?.mime).toBe('audio/mpeg');
  const streamed = await bytesOf(await client.textToDialogue.stream({ inputs, modelId: 'eleven_v3' }));
  expect(streamed.equals(whole)).toBe(true);
  const timed = await client.textToDialogue.convertWithTimestamps({ inputs, modelId: 'eleven_v3' });
  expect(Buffer.from(timed.audioBase64, 'base64').equals(whole)).toBe(true);
  expect(timed.voiceSegments).toHaveLength(2);
  const chunks = await Array.fromAsync(
    await client.textToDialogue.streamWithTimestamps({ inputs, modelId: 'eleven_v3' }),
  );
  expect(chunks.length).toBeGreaterThan(0);
});

test('the voice of a recording is isolated, as long as it was', async () => {
  const audio = new File([new Uint8Array(wav)], 'street.wav', { type: 'audio/wav' });
  const voiceAlone = await bytesOf(await client.audioIsolation.convert({ audio }));
  expect((await fileTypeFromBuffer(voiceAlone))?.mime).toBe('audio/mpeg');
  expect(Math.round(voiceAlone.length / 16_000)).toBe(5);
});

test('music follows a plan, that can be asked for first, and is told in detail or streamed', async () => {
  const compositionPlan = await client.music.compositionPlan.create({
    prompt: 'A slow song',
    musicLengthMs: 12_000,
  });
  const song = await bytesOf(await client.music.compose({ compositionPlan }));
  expect(Math.round(song.length / 16_000)).toBe(12);
  const streamed = await bytesOf(await client.music.stream({ prompt: 'A slow song', musicLengthMs: 3000 }));
  expect(streamed.length).toBeGreaterThan(20_000);
});

test('a transcript counts the seconds of its sound', async () => {
  const reply = await client.speechToText.convert({
    file: new File([new Uint8Array(wav)], 'talk.wav'),
    modelId: 'scribe_v2',
  });
  expect(reply).toMatchObject({ audioDurationSecs: 5, languageCode: 'eng' });
});

test('a later transcript is not found until it is ready, and its webhook is signed', async () => {
  const { promise, resolve } = Promise.withResolvers<{ body: string; signature: string }>();
  const listener = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.end();
      resolve({
        body: Buffer.concat(parts).toString(),
        signature: String(request.headers['elevenlabs-signature']),
      });
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  await control('webhook-endpoint', {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`,
    secret: 'wsec_test',
  });
  const form = new FormData();
  form.set('file', new File([new Uint8Array(wav)], 'talk.wav'));
  form.set('model_id', 'scribe_v2');
  form.set('webhook', 'true');
  const accepted = await fetch(`${simulator.url}/v1/speech-to-text`, {
    method: 'POST',
    headers: { 'xi-api-key': 'sk_test' },
    body: form,
  });
  expect(accepted.status).toBe(202);
  const { transcription_id: id } = (await accepted.json()) as { transcription_id: string };
  const look = async () =>
    (
      await fetch(`${simulator.url}/v1/speech-to-text/transcripts/${id}`, {
        headers: { 'xi-api-key': 'sk_test' },
      })
    ).status;
  expect(await look()).toBe(404);
  await control('clock', { advanceSeconds: 5 });
  const { body, signature } = await promise;
  listener.close();
  expect(await look()).toBe(200);
  const event = await client.webhooks.constructEvent(body, signature, 'wsec_test');
  expect(event).toMatchObject({
    type: 'speech_to_text_transcription',
    data: { transcription: { transcription_id: id } },
  });
});

test.each([
  ['no key', { text: 'x' }, '', voice, 401, 'needs_authorization'],
  ['an empty account', { text: 'x' }, 'sk_broke', voice, 401, 'quota_exceeded'],
  ['an unknown voice', { text: 'x' }, 'sk_test', 'nobody', 404, 'voice_not_found'],
  ['an unknown model', { text: 'x', model_id: 'eleven_v9' }, 'sk_test', voice, 400, 'unsupported_model'],
  ['an empty text', { text: ' ' }, 'sk_test', voice, 400, 'input_text_empty'],
  [
    'previous text with v3',
    { text: 'x', model_id: 'eleven_v3', previous_text: 'y' },
    'sk_test',
    voice,
    400,
    'unsupported_model',
  ],
])('%s is refused', async (_, body, key, voiceId, status, word) => {
  const reply = await raw(`/v1/text-to-speech/${voiceId}`, body, key);
  expect([reply.status, await reply.json()]).toMatchObject([status, { detail: { status: word } }]);
});

test('invalid fields are listed', async () => {
  const reply = await raw(`/v1/text-to-speech/${voice}`, { voice_settings: { speed: 3 } });
  expect([reply.status, await reply.json()]).toMatchObject([
    422,
    { detail: [{ loc: ['body', 'text'] }, { loc: ['body', 'voice_settings', 'speed'] }] },
  ]);
});

test('a stream that is cut just ends, and is charged in full', async () => {
  const reply = await raw(`/v1/text-to-speech/${voice}/stream`, {
    text: `[sandbox:cut] ${'word '.repeat(80)}`,
  });
  await expect(reply.arrayBuffer()).rejects.toThrow();
  const { uses } = (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
    uses: { units: { credit: number } }[];
  };
  expect(uses.at(-1)?.units.credit).toBe(414);
});

test('voices, models and the subscription can be read', async () => {
  expect((await client.voices.search()).voices.length).toBeGreaterThan(5);
  expect((await client.models.list()).map(({ modelId }) => modelId)).toContain('eleven_v4');
  expect((await client.user.subscription.get()).characterLimit).toBe(2_000_000);
});

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/';
  const get = async (path: string) =>
    (await fetch(`${simulator.url}${path}`, { headers: { 'xi-api-key': 'sk_test' } })).json();
  expectToFit(await get('/v2/voices'), 'elevenlabs', `${schema}GetVoicesV2ResponseModel`);
  for (const model of (await get('/v1/models')) as unknown[])
    expectToFit(model, 'elevenlabs', `${schema}ModelResponseModel`);
  expectToFit(
    await (await raw(`/v1/text-to-speech/${voice}/with-timestamps`, { text: 'Hi' })).json(),
    'elevenlabs',
    `${schema}AudioWithTimestampsResponseModel`,
  );
  expectToFit(
    await (await raw('/v1/music/plan', { prompt: 'Song' })).json(),
    'elevenlabs',
    `${schema}MusicPrompt`,
  );
});
