import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  openai = openaiOf(product);
});
afterAll(() => discard(product));

const ask = (content: string, model = 'gpt-6-luna') => ({
  model,
  messages: [{ role: 'user' as const, content }],
});
const micro = (usd: string) => BigInt(usd.replace('.', ''));

test('OpenAI’s own client gets an answer, and the headers say what it cost and what is left', async () => {
  const before = await settledWallet(member);
  const { data, response } = await openai.chat.completions.create(ask('What is a wallet?')).withResponse();
  expect(data.choices[0]!.message.content).toContain('wallet');
  const cost = response.headers.get('x-mluen-cost')!;
  expect(cost).toMatch(/^\d+\.\d{6}$/);
  expect(micro(response.headers.get('x-mluen-balance')!)).toBe(before.available - micro(cost));
  const seen = await finished(member, response.headers.get('x-mluen-generation')!);
  expect(seen).toMatchObject({
    state: 'settled',
    chargedMicro: micro(cost).toString(),
    text: data.choices[0]!.message.content,
    countedBy: 'provider',
  });
  expect(seen.params).toMatchObject({ messages: [{ role: 'user', content: 'What is a wallet?' }] });
  expect((await settledWallet(member)).available).toBe(before.available - micro(cost));
});

test.each([true, false])(
  'a stream arrives piece by piece; usage is there only when asked for (%s)',
  async (includeUsage) => {
    const stream = await openai.chat.completions.create({
      ...ask('[sandbox:words=40] Stream'),
      stream: true,
      ...(includeUsage ? { stream_options: { include_usage: true } } : {}),
    });
    let text = '';
    let usage = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) usage += 1;
    }
    expect(text.length).toBeGreaterThan(20);
    expect(usage).toBe(includeUsage ? 1 : 0);
  },
);

test('a stream says its price in a comment before its end mark', async () => {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({ ...ask('[sandbox:words=10] Price'), stream: true }),
  });
  const body = await answer.text();
  expect(body).toMatch(/: x-mluen-cost=\d+\.\d{6} x-mluen-balance=\d+\.\d{6}\n\ndata: \[DONE\]\n\n$/);
  const seen = await finished(member, answer.headers.get('x-mluen-generation')!);
  expect(body).toContain(`x-mluen-cost=${(Number(seen.chargedMicro) / 1e6).toFixed(6)}`);
});

test('a provider with a wire format of its own answers in OpenAI’s', async () => {
  const model = 'anthropic/claude-haiku-5-5';
  const whole = await openai.chat.completions.create(ask('Hello there', model));
  expect(whole.choices[0]!.message.content).toBeTruthy();
  expect(whole.usage!.total_tokens).toBeGreaterThan(0);
  const stream = await openai.chat.completions.create({ ...ask('Hello there', model), stream: true });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe(whole.choices[0]!.message.content);
});

test('refusals have OpenAI’s shape and cost nothing', async () => {
  const before = await settledWallet(member);
  await expect(openai.chat.completions.create(ask('x', 'no-such-model'))).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
  });
  await expect(openai.chat.completions.create({ ...ask('x'), n: 2 })).rejects.toMatchObject({
    status: 400,
    param: 'n',
  });
  await expect(openai.chat.completions.create({ ...ask('x'), temperatur: 1 } as never)).rejects.toMatchObject(
    { status: 400 },
  );
  await expect(openai.chat.completions.create({ model: 'gpt-6-luna', messages: [] })).rejects.toMatchObject({
    status: 400,
  });
  await expect(openai.chat.completions.create(ask('[sandbox:429] x'))).rejects.toMatchObject({ status: 429 });
  await expect(openai.chat.completions.create(ask('[sandbox:500] x'))).rejects.toMatchObject({ status: 502 });
  const wrong = openaiOf(product, 'mlu_wrong-wrong');
  await expect(wrong.chat.completions.create(ask('x'))).rejects.toMatchObject({
    status: 401,
    code: 'invalid_api_key',
  });
  expect(await settledWallet(member)).toEqual(before);
});

test.each([
  { type: 'image_url', image_url: { url: 'file:0199c0de-0000-7000-8000-000000000001' } },
  { type: 'file', file: { file_id: 'file:0199c0de-0000-7000-8000-000000000001' } },
  { type: 'file', file: { file_id: 'file-BK7bzQj3FfZFXr7DbL6xJwfo' } },
])(
  'a file that lies elsewhere cannot be named by a call, passed through or put into other words: %o',
  async (part) => {
    const before = await settledWallet(member);
    for (const model of ['openai/gpt-6-luna', 'anthropic/claude-haiku-5-5']) {
      const content = [{ type: 'text', text: 'What is this?' }, part];
      const call = openai.chat.completions.create({ model, messages: [{ role: 'user', content }] } as never);
      await expect(call).rejects.toMatchObject({
        status: 400,
        code: 'invalid_value',
        param: 'messages.0.content',
        message: expect.stringContaining('as a data URL'),
      });
    }
    // Other dialects have no such name, or are brought to the same words.
    const post = (path: string, body: object) =>
      fetch(`${product.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${product.member.apiKey}`,
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
    const url = 'file:0199c0de-0000-7000-8000-000000000001';
    const image = { type: 'image', source: { type: 'url', url } };
    const asked = [
      post('/v1/responses', {
        model: 'openai/gpt-6-luna',
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }],
      }),
      post('/v1/messages', {
        model: 'openai/gpt-6-luna',
        max_tokens: 100,
        messages: [{ role: 'user', content: [image] }],
      }),
      post('/v1beta/models/openai/gpt-6-luna:generateContent', {
        contents: [{ role: 'user', parts: [{ fileData: { mimeType: 'image/png', fileUri: url } }] }],
      }),
    ];
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(await settledWallet(member)).toEqual(before);
  },
);

test('too little money is a 402 that says how much is missing', async () => {
  const calls = Array.from({ length: 12 }, () =>
    openai.chat.completions
      .create({ ...ask('Much [sandbox:latency=700]', 'openai/gpt-6-astra'), max_completion_tokens: 120_000 })
      .then(
        () => null,
        (error: { status: number; message: string }) => error,
      ),
  );
  const answers = await Promise.all(calls);
  expect(answers.map((error) => error?.status ?? 200)).toContain(402);
  expect(answers.find((error) => error?.status === 402)!.message).toMatch(/\$\d+\.\d{6} is missing/);
}, 90_000);

test('a stream that is cut ends in an error, and its hold is released', async () => {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({ ...ask('[sandbox:cut] Tell'), stream: true }),
  });
  expect(await answer.text()).toMatch(/"code":"stream_cut"/);
  expect(await finished(member, answer.headers.get('x-mluen-generation')!)).toMatchObject({
    state: 'released',
    chargedMicro: '0',
    ending: { why: 'cut' },
  });
});

test('a caller who leaves is charged what the provider counts, and the answer is kept', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({ ...ask('[sandbox:words=120] Leave'), stream: true }),
  });
  await answer.body!.getReader().read();
  leaving.abort();
  expect(await finished(member, answer.headers.get('x-mluen-generation')!)).toMatchObject({
    state: 'settled',
    countedBy: 'provider',
  });
});

test('models are listed, and one can be asked for', async () => {
  const list = await openai.models.list();
  expect(list.data.map((model) => model.id)).toContain('openai/gpt-6-luna');
  expect((await openai.models.retrieve('openai/gpt-6-luna')).owned_by).toBe('openai');
});

test('a revoked key is dead at once', async () => {
  const made = await member.call<{ key: { id: string }; secret: string }>('POST', '/api/keys', {
    name: 'short-lived',
  });
  const own = openaiOf(product, made.json.secret);
  await own.chat.completions.create(ask('Once'));
  expect((await member.call('DELETE', `/api/keys/${made.json.key.id}`)).status).toBe(204);
  await expect
    .poll(() =>
      own.models.list().then(
        () => 200,
        (error: { status: number }) => error.status,
      ),
    )
    .toBe(401);
});

test('nothing of the member travels to the provider but the prompt, and the ledger is sound', async () => {
  const { requests } = (await (await fetch(`${product.simulators.openai}/_control/requests`)).json()) as {
    requests: object[];
  };
  const seen = JSON.stringify(requests);
  expect(requests.length).toBeGreaterThan(5);
  expect(seen).not.toContain(product.member.email);
  expect(seen).not.toContain('Sandbox member');
  expect(seen).not.toContain(product.member.apiKey);
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
