import {
  ApiError,
  type Content,
  createPartFromBase64,
  FunctionCallingConfigMode,
  GoogleGenAI,
} from '@google/genai';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { finished, settledWallet } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let google: GoogleGenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  google = clientOf(product.member.apiKey);
});
afterAll(() => discard(product));

const clientOf = (apiKey: string, apiVersion = 'v1beta') =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: product.url, apiVersion } });
const GEMINI = 'google/gemini-3.6-flash';
const IMAGE = 'google/gemini-nano-banana-2.1';
const micro = (usd: string) => BigInt(usd.replace('.', ''));
const raw = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': product.member.apiKey, ...headers },
    body: JSON.stringify(body),
  });
const said = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] });
const idOf = (answer: { sdkHttpResponse?: { headers?: Record<string, string> } }) =>
  answer.sdkHttpResponse!.headers!['x-mluen-generation']!;

test.each([GEMINI, 'openai/gpt-6-luna', 'anthropic/claude-sonnet-5'])(
  'Google’s own client gets an answer of %s, whole and as a stream, charged and kept',
  async (model) => {
    const before = await settledWallet(member);
    const answer = await google.models.generateContent({ model, contents: 'What is a wallet?' });
    expect(answer.text).toContain('wallet');
    expect(answer.candidates![0]!.finishReason).toBe('STOP');
    expect(answer.usageMetadata!.promptTokenCount).toBeGreaterThan(0);
    const cost = micro(answer.sdkHttpResponse!.headers!['x-mluen-cost']!);
    const seen = await finished(member, idOf(answer));
    expect(seen).toMatchObject({ state: 'settled', chargedMicro: cost.toString(), text: answer.text });
    expect((await settledWallet(member)).available).toBe(before.available - cost);
    let text = '';
    let total: number | undefined;
    for await (const chunk of await google.models.generateContentStream({
      model,
      contents: 'What is a wallet?',
    })) {
      text += chunk.text ?? '';
      total = chunk.usageMetadata?.totalTokenCount ?? total;
    }
    expect(text).toBe(answer.text);
    expect(total).toBe(answer.usageMetadata!.totalTokenCount);
  },
);

test('newer clients call v1, older ones send the key in the address or names in snake case', async () => {
  const newer = await clientOf(product.member.apiKey, 'v1').models.generateContent({
    model: GEMINI,
    contents: 'Which way?',
  });
  expect(newer.text).toContain('Which way?');
  const older = await fetch(
    `${product.url}/v1beta/models/${GEMINI}:generateContent?key=${product.member.apiKey}`,
    {
      method: 'POST',
      body: JSON.stringify({
        ...said('Which way?'),
        system_instruction: { parts: [{ text: 'Be brief' }] },
        generation_config: { max_output_tokens: 500 },
      }),
    },
  );
  expect(older.status).toBe(200);
  expect(product.output()).not.toContain(`key=${product.member.apiKey}`);
});

test('a stream without alt=sse is one JSON array', async () => {
  const answer = await raw(
    `/v1beta/models/${GEMINI}:streamGenerateContent`,
    said('[sandbox:words=20] Array'),
  );
  const chunks = (await answer.json()) as { candidates: { finishReason?: string }[] }[];
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.at(-1)!.candidates[0]!.finishReason).toBe('STOP');
});

test.each([GEMINI, 'openai/gpt-6-sol', 'anthropic/claude-sonnet-5'])(
  'a function of %s is called, answered with the signature before it, and used',
  async (model) => {
    const config = {
      tools: [
        {
          functionDeclarations: [
            {
              name: 'weather',
              parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    };
    const question: Content = { role: 'user', parts: [{ text: 'Rain in Yangon?' }] };
    const called = await google.models.generateContent({ model, contents: [question], config });
    const [call] = called.functionCalls!;
    expect(Object.keys(call!.args!)).toEqual(['city']);
    const answered = await google.models.generateContent({
      model,
      contents: [
        question,
        called.candidates![0]!.content!,
        {
          role: 'user',
          parts: [
            { functionResponse: { id: call!.id, name: 'weather', response: { output: 'Heavy rain' } } },
          ],
        },
      ],
      config: { ...config, toolConfig: undefined },
    });
    expect(answered.text).toContain('Heavy rain');
  },
);

test('thoughts come when they are asked for', async () => {
  const ask = (includeThoughts: boolean) =>
    google.models.generateContent({
      model: 'anthropic/claude-sonnet-5',
      contents: 'Why do cats purr?',
      config: { thinkingConfig: { includeThoughts } },
    });
  const thoughts = async (include: boolean) =>
    (await ask(include)).candidates![0]!.content!.parts!.filter(({ thought, text }) => thought && text);
  expect(await thoughts(true)).toHaveLength(1);
  expect(await thoughts(false)).toHaveLength(0);
});

test('an answer in JSON fits the schema’s shape, in capitals or not', async () => {
  const answer = await google.models.generateContent({
    model: 'openai/gpt-6-luna',
    contents: 'Name a city',
    config: {
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT' as never, properties: { city: { type: 'STRING' as never } } },
    },
  });
  expect(Object.keys(JSON.parse(answer.text!))).toEqual(['city']);
});

test.each([
  [IMAGE, { imageConfig: { aspectRatio: '16:9' } }],
  ['flux/flux-2-klein-4b', {}],
])('%s answers with a picture, charged and kept', async (model, config) => {
  const before = await settledWallet(member);
  const answer = await google.models.generateContent({
    model,
    contents: 'A quiet harbour',
    config: { responseModalities: ['IMAGE'], ...config },
  });
  const { data } = answer.candidates![0]!.content!.parts!.find(({ inlineData }) => inlineData)!.inlineData!;
  expect((await sharp(Buffer.from(data!, 'base64')).metadata()).width).toBeGreaterThan(100);
  const kept = await finished(member, idOf(answer));
  expect(kept).toMatchObject({ state: 'settled', modelId: model, title: 'A quiet harbour' });
  expect((await settledWallet(member)).available).toBe(before.available - BigInt(kept.chargedMicro));
});

test('a picture is looked at, and changed', async () => {
  const bytes = await sharp({ create: { width: 512, height: 512, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const contents = [
    createPartFromBase64(bytes.toString('base64'), 'image/png'),
    'What is this? Make it night.',
  ];
  expect((await google.models.generateContent({ model: GEMINI, contents })).text).not.toBe('');
  const changed = await google.models.generateContent({ model: IMAGE, contents });
  expect(changed.candidates![0]!.content!.parts![0]!.inlineData!.mimeType).toMatch(/^image\//);
  expect((await finished(member, idOf(changed))).files).toHaveLength(1);
});

test('models are listed in pages, and one can be asked for', async () => {
  const names: (string | undefined)[] = [];
  for await (const model of await google.models.list({ config: { pageSize: 10 } })) names.push(model.name);
  expect(names).toContain(`models/${GEMINI}`);
  expect(names).toContain(`models/${IMAGE}`);
  expect(new Set(names).size).toBe(names.length);
  expect((await google.models.get({ model: GEMINI })).outputTokenLimit).toBeGreaterThan(1000);
});

test('tokens are counted where we have the tokenizer, and not guessed elsewhere', async () => {
  const counted = await google.models.countTokens({
    model: 'openai/gpt-6-luna',
    contents: 'How long is this?',
  });
  expect(counted.totalTokens).toBeGreaterThan(4);
  await expect(google.models.countTokens({ model: GEMINI, contents: 'x' })).rejects.toMatchObject({
    status: 400,
  });
});

test('what a provider’s rules decline is an answer without a candidate', async () => {
  const before = await settledWallet(member);
  const refused = await google.models.generateContent({ model: IMAGE, contents: '[sandbox:refuse] x' });
  expect(refused.candidates).toBeUndefined();
  expect(refused.promptFeedback!.blockReason).toBe('PROHIBITED_CONTENT');
  expect(await settledWallet(member)).toEqual(before);
});

test('refusals have Google’s shape and cost nothing', async () => {
  const before = await settledWallet(member);
  const ask = (text: string, model = GEMINI, config = {}) =>
    google.models.generateContent({ model, contents: text, config });
  const cases: [() => Promise<unknown>, number, string][] = [
    [
      () => clientOf('mlu_wrong-wrong').models.generateContent({ model: GEMINI, contents: 'x' }),
      401,
      'UNAUTHENTICATED',
    ],
    [() => ask('x', 'no-such-model'), 404, 'NOT_FOUND'],
    [() => ask('x', GEMINI, { temperature: 9 }), 400, 'INVALID_ARGUMENT'],
    [() => ask('x', GEMINI, { tools: [{ googleSearch: {} }] }), 400, 'INVALID_ARGUMENT'],
    [() => ask('x', GEMINI, { responseModalities: ['IMAGE'] }), 400, 'INVALID_ARGUMENT'],
    [() => ask('x', IMAGE, { imageConfig: { imageSize: '9K' } }), 400, 'INVALID_ARGUMENT'],
    [() => ask('[sandbox:429] x'), 429, 'RESOURCE_EXHAUSTED'],
    [() => ask('[sandbox:500] x', 'openai/gpt-6-luna'), 502, 'INTERNAL'],
  ];
  for (const [call, status, word] of cases) {
    const error = await call().then(
      () => null,
      (each: unknown) => each as ApiError,
    );
    expect(error).toBeInstanceOf(ApiError);
    expect([error!.status, JSON.parse(error!.message).error.status]).toEqual([status, word]);
  }
  expect(await settledWallet(member)).toEqual(before);
});

test('too little money says how much is missing', async () => {
  const calls = Array.from({ length: 12 }, () =>
    google.models
      .generateContent({
        model: 'openai/gpt-6-astra',
        contents: 'Much [sandbox:slow]',
        config: { maxOutputTokens: 120_000 },
      })
      .then(
        () => null,
        (error: ApiError) => error,
      ),
  );
  const refused = (await Promise.all(calls)).filter((error) => error?.status === 402);
  expect(refused.length).toBeGreaterThan(0);
  expect(JSON.parse(refused[0]!.message).error).toMatchObject({
    status: 'RESOURCE_EXHAUSTED',
    message: expect.stringMatching(/\$\d+\.\d{6} is missing/),
  });
}, 90_000);

test('a stream that is cut ends in an error, and nothing is charged', async () => {
  const answer = await raw(
    `/v1beta/models/${GEMINI}:streamGenerateContent?alt=sse`,
    said('[sandbox:cut] Tell'),
  );
  expect(await answer.text()).toMatch(/data: \{"error":\{"code":500,[^\n]+\}\r\n\r\n$/);
  expect(await finished(member, answer.headers.get('x-mluen-generation')!)).toMatchObject({
    state: 'released',
    chargedMicro: '0',
  });
});

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/';
  for (const model of [GEMINI, 'anthropic/claude-sonnet-5', IMAGE]) {
    const whole = await raw(`/v1beta/models/${model}:generateContent`, said('Fit'));
    expectToFit(await whole.json(), 'gemini', `${schema}GenerateContentResponse`);
  }
  const stream = await raw(`/v1beta/models/${GEMINI}:streamGenerateContent?alt=sse`, said('Fit'));
  const frames = (await stream.text()).split('\r\n\r\n').filter((frame) => frame.startsWith('data: '));
  for (const frame of frames)
    expectToFit(JSON.parse(frame.slice(6)), 'gemini', `${schema}GenerateContentResponse`);
  const refused = await raw('/v1beta/models/nothing:generateContent', said('x'));
  expectToFit(await refused.json(), 'gemini', `${schema}ErrorEnvelope`);
  const list = await fetch(`${product.url}/v1beta/models`, {
    headers: { 'x-goog-api-key': product.member.apiKey },
  });
  expectToFit(await list.json(), 'gemini', `${schema}ListModelsResponse`);
});
