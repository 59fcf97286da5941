import { GoogleGenAI, HarmBlockThreshold, HarmCategory, Modality, ThinkingLevel } from '@google/genai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Recorded, recorder } from '../kit/recorder.ts';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startGoogle } from './google.ts';

/**
 * Google's own client through every operation of the page, under both versions of the path, and all that passed held
 * against the published description.
 */
const traffic = recorder();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startGoogle({ paceMs: 0 });
  // This client has no field for a fetch of one's own.
  vi.stubGlobal('fetch', traffic.fetch);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await simulator.close();
});

const model = 'gemini-3.8-flash';
const declarations = ['weather_in', 'time_in'].map((name) => ({
  name,
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
}));

describe.each([undefined, 'v1beta'])('version %s', (apiVersion) => {
  const client = () =>
    new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: simulator.url, apiVersion } });

  test('text, pictures, sound and documents go in; thoughts, words and JSON come out', async () => {
    const inline = (mimeType: string) => ({ inlineData: { mimeType, data: 'AAAA' } });
    const whole = await client().models.generateContent({
      model,
      contents: [
        {
          role: 'user',
          parts: [
            { ...inline('image/png'), mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' as never } },
            inline('audio/wav'),
            inline('application/pdf'),
            { text: 'What are these, as JSON?' },
          ],
        },
      ],
      config: {
        systemInstruction: 'Be brief.',
        temperature: 1,
        topP: 0.9,
        seed: 4,
        maxOutputTokens: 2000,
        stopSequences: ['THE END'],
        thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true },
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { name: { type: 'string' } } },
        safetySettings: [
          {
            category: HarmCategory.HARM_CATEGORY_HARASSMENT,
            threshold: HarmBlockThreshold.BLOCK_ONLY_HIGH,
          },
        ],
      },
    });
    expect(JSON.parse(whole.text!)).toHaveProperty('name');
    const heard = whole.usageMetadata!.promptTokensDetails!.map(({ modality }) => String(modality));
    expect(heard).toEqual(expect.arrayContaining(['TEXT', 'IMAGE', 'AUDIO', 'DOCUMENT']));
  });

  test('a chat with tools carries its signatures on, and a changed one is refused', async () => {
    const config = { tools: [{ functionDeclarations: declarations }] };
    const chat = client().chats.create({ model, config });
    const called = await chat.sendMessage({ message: 'use weather_in and time_in' });
    expect(called.functionCalls).toHaveLength(2);
    const parts = called.candidates![0]!.content!.parts!;
    const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
    // Of parallel calls the first alone carries one.
    expect(calls.map(({ thoughtSignature }) => thoughtSignature !== undefined)).toEqual([true, false]);
    const results = called.functionCalls!.map(({ id, name }) => ({
      functionResponse: { id, name, response: { output: 'Mild.' } },
    }));
    const answered = await chat.sendMessage({ message: results });
    expect(answered.text).toContain('Mild');
    const again = (thoughtSignature: string | undefined) =>
      client().models.generateContent({
        model,
        config,
        contents: [
          { role: 'user', parts: [{ text: 'use weather_in' }] },
          {
            role: 'model',
            parts: calls.map((part, at) =>
              at === 0 ? { functionCall: part.functionCall, thoughtSignature } : part,
            ),
          },
          { role: 'user', parts: results },
        ],
      });
    await expect(again(undefined)).rejects.toThrow('missing a thought_signature');
    await expect(again('AAAA')).rejects.toThrow('thought signature');
    await expect(again('skip_thought_signature_validator')).resolves.toBeDefined();
  });

  test('pictures are drawn, and dialogues said by two voices, whole and streamed', async () => {
    const drawn = await client().models.generateContent({
      model: 'gemini-nano-banana-2.1',
      contents: 'A lamp',
      config: {
        responseModalities: [Modality.TEXT, Modality.IMAGE],
        imageConfig: { aspectRatio: '16:9', imageSize: '1K' },
      },
    });
    expect(drawn.data).toBeTruthy();
    const voice = (voiceName: string) => ({ prebuiltVoiceConfig: { voiceName } });
    const speak = (names: string[]) => ({
      model: 'gemini-3.8-flash-tts',
      contents: 'Good evening.',
      config: {
        responseModalities: [Modality.AUDIO],
        speechConfig: {
          multiSpeakerVoiceConfig: {
            speakerVoiceConfigs: names.map((name, at) => ({
              speaker: name,
              voiceConfig: voice(at === 0 ? 'Kore' : 'Puck'),
            })),
          },
        },
      },
    });
    expect((await client().models.generateContent(speak(['A', 'B']))).data).toBeTruthy();
    await expect(client().models.generateContent(speak(['A']))).rejects.toThrow('exactly 2');
    const stream = await client().models.generateContentStream(speak(['A', 'B']));
    expect((await Array.fromAsync(stream)).length).toBeGreaterThan(0);
  });

  test('files, caches, models, counts and embeddings', async () => {
    const ai = client();
    const file = await ai.files.upload({ file: new Blob(['hello']), config: { mimeType: 'text/plain' } });
    expect((await ai.files.get({ name: file.name! })).state).toBe('ACTIVE');
    expect((await Array.fromAsync(await ai.files.list())).map(({ name }) => name)).toContain(file.name);
    await ai.files.delete({ name: file.name! });
    await expect(ai.files.get({ name: file.name! })).rejects.toMatchObject({ status: 403 });
    const long = `${apiVersion} ${'The tide comes in. '.repeat(600)}`;
    const kept = await ai.caches.create({ model, config: { contents: long, ttl: '600s' } });
    const read = await ai.models.generateContent({
      model,
      contents: 'And then?',
      config: { cachedContent: kept.name },
    });
    expect(read.usageMetadata!.cachedContentTokenCount).toBeGreaterThan(1000);
    expect((await Array.fromAsync(await ai.caches.list())).length).toBeGreaterThan(0);
    await ai.caches.update({ name: kept.name!, config: { ttl: '900s' } });
    expect((await ai.caches.get({ name: kept.name! })).model).toContain(model);
    await ai.caches.delete({ name: kept.name! });
    // A long beginning that comes again is read from the cache that nobody asked for.
    await ai.models.generateContent({ model, contents: long });
    const again = await ai.models.generateContent({ model, contents: long });
    expect(again.usageMetadata!.cachedContentTokenCount).toBeGreaterThan(1000);
    expect((await ai.models.countTokens({ model, contents: 'Hello' })).totalTokens).toBeGreaterThan(0);
    expect((await Array.fromAsync(await ai.models.list())).map(({ name }) => name)).toContain(
      `models/${model}`,
    );
    expect((await ai.models.get({ model })).inputTokenLimit).toBe(1_048_576);
    const { embeddings } = await ai.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['one', 'two'],
      config: { outputDimensionality: 64 },
    });
    expect(embeddings!.map(({ values }) => values!.length)).toEqual([64, 64]);
  });
});

const schemas: [RegExp, { sent?: string; answered?: string }][] = [
  [
    /POST .*:(stream)?[gG]enerateContent$/,
    { sent: 'GenerateContentRequest', answered: 'GenerateContentResponse' },
  ],
  [/POST .*:countTokens$/, { sent: 'CountTokensRequest', answered: 'CountTokensResponse' }],
  [
    /POST .*:batchEmbedContents$/,
    { sent: 'BatchEmbedContentsRequest', answered: 'BatchEmbedContentsResponse' },
  ],
  [/GET \/v1(beta)?\/models$/, { answered: 'ListModelsResponse' }],
  [/GET \/v1(beta)?\/models\/[^:]+$/, { answered: 'Model' }],
  [/GET \/v1(beta)?\/files$/, { answered: 'ListFilesResponse' }],
  [/GET \/v1(beta)?\/files\/.+$/, { answered: 'File' }],
  [/GET \/v1(beta)?\/cachedContents$/, { answered: 'ListCachedContentsResponse' }],
];

test.skipIf(specsMissing)('all that the client sent and understood fits the public description', async () => {
  await traffic.settle();
  const routes = traffic.recorded.map(routeOf);
  expect(schemas.filter(([route]) => !routes.some((seen) => route.test(seen)))).toEqual([]);
  for (const exchange of traffic.recorded) {
    const { sent, answered } = schemas.find(([route]) => route.test(routeOf(exchange)))?.[1] ?? {};
    if (exchange.status !== 200) {
      holds(JSON.parse(exchange.answered), 'ErrorEnvelope');
      continue;
    }
    if (sent !== undefined) holds(exchange.sent, sent);
    if (answered === undefined) continue;
    const isStream = exchange.contentType.includes('event-stream');
    const values = isStream ? dataOf(exchange.answered.replaceAll('\r\n', '\n')) : [exchange.answered];
    for (const value of values) holds(JSON.parse(value), answered);
  }
});

const holds = (value: unknown, name: string) => expectToFit(value, 'gemini', `/components/schemas/${name}`);
const routeOf = ({ method, path }: Recorded) => `${method} ${path}`;
