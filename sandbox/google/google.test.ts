import { GoogleGenAI } from '@google/genai';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startGoogle } from './google.ts';

let simulator: Simulator;
let client: GoogleGenAI;

beforeAll(async () => {
  simulator = await startGoogle({ paceMs: 0 });
  client = new GoogleGenAI({
    apiKey: 'AIza-test',
    httpOptions: { baseUrl: simulator.url, apiVersion: 'v1beta' },
  });
});
afterAll(() => simulator.close());

const model = 'gemini-3.8-flash';
const raw = (path: string, body: unknown, key = 'AIza-test') =>
  fetch(`${simulator.url}/v1beta/${path}`, {
    method: 'POST',
    headers: { 'x-goog-api-key': key },
    body: JSON.stringify(body),
  });
const contents = (text: string) => [{ role: 'user', parts: [{ text }] }];
const control = async (path: string, body?: unknown) =>
  (await (
    await fetch(
      `${simulator.url}/_control/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    )
  ).json()) as {
    uses: { id: string; units: Record<string, number>; charged: boolean }[];
  };

test('text mentions the prompt, thinks apart, and a stream gathers to the same', async () => {
  const whole = await client.models.generateContent({ model, contents: 'Why is snow white?' });
  expect(whole.text).toContain('Why is snow white?');
  expect(whole.usageMetadata?.thoughtsTokenCount).toBe(64);
  let text = '';
  let last = whole;
  for await (const chunk of await client.models.generateContentStream({
    model,
    contents: 'Why is snow white?',
  })) {
    text += chunk.text ?? '';
    last = chunk;
  }
  expect(text).toBe(whole.text);
  expect(last.usageMetadata?.candidatesTokenCount).toBe(whole.usageMetadata?.candidatesTokenCount);
  const { uses } = await control('tally');
  expect(uses.at(-1)?.units.output_token).toBe((last.usageMetadata?.candidatesTokenCount ?? 0) + 64);
});

test('a function is called with its signature, which must come back', async () => {
  const tools = [
    {
      functionDeclarations: [
        {
          name: 'weather',
          parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
        },
      ],
    },
  ];
  const reply = await client.models.generateContent({
    model,
    contents: 'use weather for Yangon',
    config: { tools },
  });
  expect(reply.functionCalls?.[0]).toMatchObject({ name: 'weather', args: { city: expect.any(String) } });
  const history = (signed: boolean) => [
    ...contents('use weather'),
    {
      role: 'model',
      parts: reply.candidates?.[0]?.content?.parts?.map(({ thoughtSignature, ...part }) =>
        signed ? { ...part, thoughtSignature } : part,
      ),
    },
    { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: 'heavy rain' } } }] },
  ];
  expect((await raw(`models/${model}:generateContent`, { contents: history(false), tools })).status).toBe(
    400,
  );
  expect(
    await (await raw(`models/${model}:generateContent`, { contents: history(true), tools })).text(),
  ).toContain('heavy rain');
});

test('structured answers are JSON of the schema', async () => {
  const config = {
    responseMimeType: 'application/json',
    responseJsonSchema: { type: 'object', properties: { name: { type: 'string' } } },
  };
  const reply = await client.models.generateContent({ model, contents: 'A colour', config });
  expect(Object.keys(JSON.parse(reply.text ?? ''))).toEqual(['name']);
});

test('a blocked prompt has no candidate', async () => {
  const reply = await client.models.generateContent({ model, contents: '[sandbox:refuse]' });
  expect(reply.candidates).toBeUndefined();
  expect(reply.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT');
});

test('an image has the ratio asked for and counts its tokens', async () => {
  const config = { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '2K' } };
  const reply = await client.models.generateContent({
    model: 'gemini-nano-banana-2.1',
    contents: 'A boat',
    config,
  });
  const picture = await sharp(Buffer.from(reply.data ?? '', 'base64')).metadata();
  expect([picture.format, ((picture.width ?? 0) / (picture.height ?? 1)).toFixed(2)]).toEqual([
    'png',
    '1.78',
  ]);
  expect(reply.usageMetadata?.candidatesTokensDetails).toEqual([{ modality: 'IMAGE', tokenCount: 1680 }]);
});

test('speech is raw sound, whole and streamed', async () => {
  const request = {
    model: 'gemini-3.8-flash-tts',
    contents: 'Good morning to everybody here',
    config: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
    },
  };
  const whole = await client.models.generateContent(request);
  const parts: Buffer[] = [];
  for await (const chunk of await client.models.generateContentStream(request))
    parts.push(Buffer.from(chunk.data ?? '', 'base64'));
  expect(Buffer.concat(parts).equals(Buffer.from(whole.data ?? '', 'base64'))).toBe(true);
  expect(Buffer.concat(parts).length).toBe(24_000 * 2 * 2);
  expect(whole.usageMetadata?.candidatesTokensDetails?.[0]).toEqual({ modality: 'AUDIO', tokenCount: 50 });
});

test.each([
  ['an unknown field', { contents: contents('x'), colour: 1 }, 400],
  ['an unknown setting', { contents: contents('x'), generationConfig: { n: 2 } }, 400],
  [
    'a thinking budget on a new model',
    { contents: contents('x'), generationConfig: { thinkingConfig: { thinkingBudget: 5 } } },
    400,
  ],
  ['no contents', {}, 400],
])('%s is refused', async (_, body, status) => {
  const reply = await raw(`models/${model}:generateContent`, body);
  expect(reply.status).toBe(status);
  expect(await reply.json()).toMatchObject({ error: { code: status, status: 'INVALID_ARGUMENT' } });
});

test('keys and models are checked', async () => {
  expect((await raw(`models/${model}:generateContent`, {}, 'nonsense')).status).toBe(400);
  expect((await raw(`models/${model}:generateContent`, {}, '')).status).toBe(403);
  expect((await raw('models/gemini-1:generateContent', {})).status).toBe(404);
});

const video = (text: string, change: object = {}) => ({
  model: 'gemini-omni-1.1-flash',
  background: true,
  input: [{ type: 'text', text }],
  response_format: {
    type: 'video',
    delivery: 'uri',
    aspect_ratio: '16:9',
    resolution: '720p',
    duration: '8s',
    ...change,
  },
});
const interaction = async (id: string) =>
  (await (
    await fetch(`${simulator.url}/v1beta/interactions/${id}`, { headers: { 'x-goog-api-key': 'AIza-test' } })
  ).json()) as {
    status: string;
    steps: { content: { type: string; uri: string }[] }[];
    usage: { total_output_tokens: number };
  };

test('a video runs, completes, counts its tokens, and is fetched with the key', async () => {
  const { id } = (await (await raw('interactions', video('Waves'))).json()) as { id: string };
  expect((await interaction(id)).status).toBe('queued');
  await control('clock', { advanceSeconds: 10 });
  const done = await interaction(id);
  expect([done.status, done.usage.total_output_tokens]).toEqual(['completed', 46_336]);
  const uri = done.steps[0]?.content[0]?.uri ?? '';
  expect((await fetch(uri)).status).toBe(403);
  const bytes = Buffer.from(
    await (await fetch(uri, { headers: { 'x-goog-api-key': 'AIza-test' } })).arrayBuffer(),
  );
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
  expect((await control('tally')).uses.at(-1)).toMatchObject({
    id,
    units: { output_video_token: 46_336 },
    charged: true,
  });
});

test('a refused video is completed with words, and a cancelled one is cancelled', async () => {
  const refused = (await (await raw('interactions', video('[sandbox:refuse]'))).json()) as { id: string };
  const cancelled = (await (await raw('interactions', video('Long'))).json()) as { id: string };
  await raw(`interactions/${cancelled.id}/cancel`, {});
  await control('clock', { advanceSeconds: 10 });
  expect((await interaction(refused.id)).steps[0]?.content[0]?.type).toBe('text');
  expect((await interaction(cancelled.id)).status).toBe('cancelled');
});

test.each([[{ duration: 8 }], [{ duration: '11s' }], [{ resolution: '8k' }]])(
  'a video with %o is refused',
  async (change) => {
    expect((await raw('interactions', video('x', change))).status).toBe(400);
  },
);

test('a file is uploaded in the resumable way', async () => {
  const file = await client.files.upload({ file: new Blob(['hello']), config: { mimeType: 'text/plain' } });
  expect(file).toMatchObject({ state: 'ACTIVE', sizeBytes: '5' });
  const counted = await client.models.countTokens({ model, contents: 'one two three' });
  expect(counted.totalTokens).toBe(4);
});

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/GenerateContentResponse';
  for (const text of ['Fit', '[sandbox:refuse]']) {
    expectToFit(
      await (await raw(`models/${model}:generateContent`, { contents: contents(text) })).json(),
      'gemini',
      schema,
    );
  }
  const stream = await (
    await raw(`models/${model}:streamGenerateContent?alt=sse`, { contents: contents('Fit') })
  ).text();
  for (const data of dataOf(stream.replaceAll('\r\n', '\n'))) expectToFit(JSON.parse(data), 'gemini', schema);
  expectToFit(
    await (await raw(`models/${model}:generateContent`, {})).json(),
    'gemini',
    '/components/schemas/ErrorEnvelope',
  );
});
