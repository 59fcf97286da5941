import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { finished, settledWallet } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let client: Anthropic;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  client = new Anthropic({ apiKey: product.member.apiKey, baseURL: product.url, maxRetries: 0 });
});
afterAll(() => discard(product));

const CLAUDE = 'anthropic/claude-sonnet-5';
const ask = (content: string, model = CLAUDE) => ({
  model,
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content }],
});
const micro = (usd: string) => BigInt(usd.replace('.', ''));
const words = (message: Anthropic.Message) =>
  message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
const raw = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${product.url}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': product.member.apiKey,
      'anthropic-version': '2023-06-01',
      ...headers,
    },
    body: JSON.stringify(body),
  });
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((frame) => frame.startsWith('event: '))
    .map(
      (frame) =>
        JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as { type: string; message?: Anthropic.Message },
    );

test.each([CLAUDE, 'openai/gpt-6-luna', 'google/gemini-3.6-flash', 'deepseek/deepseek-v4-pro'])(
  'Anthropic’s own client gets an answer of %s, whole and as a stream, charged and kept',
  async (model) => {
    const before = await settledWallet(member);
    const { data, response } = await client.messages.create(ask('What is a wallet?', model)).withResponse();
    expect(words(data)).toContain('wallet');
    expect(data).toMatchObject({ type: 'message', model, stop_reason: 'end_turn' });
    expect(data.usage.input_tokens).toBeGreaterThan(0);
    const cost = micro(response.headers.get('x-mluen-cost')!);
    expect(micro(response.headers.get('x-mluen-balance')!)).toBe(before.available - cost);
    const seen = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(seen).toMatchObject({
      state: 'settled',
      chargedMicro: cost.toString(),
      text: words(data),
      countedBy: 'provider',
    });
    expect(seen.sentTo).toEqual([expect.objectContaining({ kinds: expect.arrayContaining(['prompt']) })]);
    const streamed = await client.messages.stream(ask('What is a wallet?', model)).finalMessage();
    expect(words(streamed)).toBe(words(data));
    expect(streamed.usage.output_tokens).toBe(data.usage.output_tokens);
  },
);

test('both versions are taken, with the key in either header', async () => {
  const bearer = { 'x-api-key': '', authorization: `Bearer ${product.member.apiKey}` };
  const texts = await Promise.all(
    [
      { 'anthropic-version': '2023-06-01' },
      { 'anthropic-version': '2026-10-21' },
      bearer,
      { ...bearer, 'anthropic-version': '2026-10-21' },
    ].map(async (headers: Record<string, string>) => {
      const answer = await raw(ask('Which way?'), headers);
      expect(answer.status).toBe(200);
      return words((await answer.json()) as Anthropic.Message);
    }),
  );
  expect(new Set(texts).size).toBe(1);
});

test('a stream has its events in order, and says its price before it stops', async () => {
  const text = await (await raw({ ...ask('[sandbox:words=20] Order'), stream: true })).text();
  const types = eventsOf(text).map(({ type }) => type);
  expect(types[0]).toBe('message_start');
  expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
  let open = false;
  for (const type of types) {
    if (type === 'content_block_start') expect(open).toBe(false);
    if (type === 'content_block_delta' || type === 'content_block_stop') expect(open).toBe(true);
    if (type === 'content_block_start') open = true;
    if (type === 'content_block_stop') open = false;
  }
  expect(text).toMatch(/\n\n: x-mluen-cost=\d+\.\d{6} x-mluen-balance=\d+\.\d{6}\n\nevent: message_stop\n/);
});

test.each([CLAUDE, 'openai/gpt-6-sol', 'google/gemini-3.6-flash'])(
  'a tool of %s is called, answered with the thought before it, and used',
  async (model) => {
    const tools = [
      {
        name: 'weather',
        input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
      },
    ];
    const body = { ...ask('Rain in Yangon?', model), tools, tool_choice: { type: 'any' as const } };
    const called = await client.messages.stream(body).finalMessage();
    expect(called.stop_reason).toBe('tool_use');
    const use = called.content.find(({ type }) => type === 'tool_use') as Anthropic.ToolUseBlock;
    expect(Object.keys(use.input as object)).toEqual(['city']);
    const answered = await client.messages.create({
      ...body,
      tool_choice: { type: 'auto' },
      messages: [
        ...body.messages,
        { role: 'assistant', content: called.content as Anthropic.ContentBlockParam[] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'Heavy rain' }] },
      ],
    });
    expect(words(answered)).toContain('Heavy rain');
  },
);

test('thoughts are shown when asked for, and go back to the model that had them', async () => {
  const body = { ...ask('Why do cats purr?'), thinking: { type: 'adaptive' as const } };
  const first = await client.messages.create(body);
  expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
  const turns = {
    messages: [
      ...body.messages,
      { role: 'assistant' as const, content: first.content as Anthropic.ContentBlockParam[] },
      { role: 'user' as const, content: 'And lions?' },
    ],
  };
  expect(words(await client.messages.create({ ...body, ...turns }))).toContain('lions');
  const sent = await lastSent(product.simulators.anthropic!);
  expect((sent.messages as { content: { type: string }[] }[])[1]!.content[0]!.type).toBe('thinking');
  // Another model is not given what it could not read.
  const other = await client.messages.create({ ...ask('', 'openai/gpt-6-luna'), ...turns });
  expect(words(other)).toContain('lions');
});

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF').toString(
  'base64',
);

test('pictures and documents travel along; a model that cannot read them is said to', async () => {
  const content: Anthropic.ContentBlockParam[] = [
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      title: 'Lease',
    },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Rent is due.' } },
    { type: 'text', text: 'What is in these?' },
  ];
  const messages = [{ role: 'user' as const, content }];
  expect(words(await client.messages.create({ ...ask(''), messages }))).not.toBe('');
  const sent = await lastSent(product.simulators.anthropic!);
  const types = (sent.messages as { content: { type: string }[] }[])[0]!.content.map(({ type }) => type);
  expect(types).toEqual(['image', 'document', 'text', 'text']);
  await expect(
    client.messages.create({ ...ask('', 'deepseek/deepseek-v4-pro'), messages }),
  ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('does not take image/png') });
});

test('a text to stop at ends the answer and is named; too few tokens cut it', async () => {
  const plain = words(await client.messages.create(ask('[sandbox:words=30] Tell me')));
  const stop = plain.split(' ')[4]!;
  const stopped = await client.messages.create({
    ...ask('[sandbox:words=30] Tell me'),
    stop_sequences: [stop],
  });
  expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
  const short = await client.messages.create({
    ...ask('[sandbox:words=300] Tell me', 'openai/gpt-6-luna'),
    max_tokens: 20,
  });
  expect(short.stop_reason).toBe('max_tokens');
});

test('a marked prompt is written to the cache, then read, and the usage says so', async () => {
  const body = {
    ...ask('Sum it up'),
    system: [
      {
        type: 'text' as const,
        text: 'The river runs. '.repeat(500),
        cache_control: { type: 'ephemeral' as const },
      },
    ],
  };
  const first = await client.messages.create(body);
  const second = await client.messages.create(body);
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(1000);
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
});

test('text models are listed in pages for Anthropic’s client, and one can be asked for', async () => {
  const ids: string[] = [];
  for await (const model of client.models.list({ limit: 7 })) ids.push(model.id);
  expect(ids).toContain('openai/gpt-6-luna');
  expect(new Set(ids).size).toBe(ids.length);
  expect(await client.models.retrieve(CLAUDE)).toMatchObject({ type: 'model', lifecycle: 'active' });
  await expect(client.models.retrieve('nothing')).rejects.toMatchObject({
    status: 404,
    error: { error: { type: 'not_found_error' } },
  });
});

test('what only colours an answer may be ignored, and is named', async () => {
  const answer = await raw({
    ...ask('Colour', 'openai/gpt-6-luna'),
    temperature: 0.3,
    top_k: 5,
    context_management: { edits: [] },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-mluen-ignored')).toBe('temperature,top_k,context_management');
});

test.each([CLAUDE, 'openai/gpt-6-luna'])('%s answers in the form of a schema', async (model) => {
  const answer = await client.messages.create({
    ...ask('Name a city', model),
    output_config: {
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { city: { type: 'string' }, people: { type: 'integer' } },
          required: ['city'],
          additionalProperties: false,
        },
      },
    },
  });
  expect(Object.keys(JSON.parse(words(answer)))).toContain('city');
});

test('a refusal of the provider’s filter says so, and is free before the first word', async () => {
  const before = await settledWallet(member);
  const refused = await client.messages.create(ask('[sandbox:refuse] x'));
  expect(refused).toMatchObject({
    content: [],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', explanation: expect.any(String) },
  });
  expect(await settledWallet(member)).toEqual(before);
});

test('tokens are counted where we have the tokenizer, and not guessed elsewhere', async () => {
  const { input_tokens } = await client.messages.countTokens({
    model: 'openai/gpt-6-luna',
    messages: [{ role: 'user', content: 'How long is this?' }],
  });
  expect(input_tokens).toBeGreaterThan(4);
  await expect(
    client.messages.countTokens({ model: CLAUDE, messages: [{ role: 'user', content: 'x' }] }),
  ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('by Anthropic alone') });
});

test('refusals have Anthropic’s shape and cost nothing', async () => {
  const before = await settledWallet(member);
  const refused = (status: number, type: string) => ({ status, error: { type: 'error', error: { type } } });
  const wrong = new Anthropic({ apiKey: 'mlu_wrong-wrong', baseURL: product.url, maxRetries: 0 });
  const cases: [() => Promise<unknown>, number, string][] = [
    [() => wrong.messages.create(ask('x')), 401, 'authentication_error'],
    [() => client.messages.create(ask('x', 'no-such-model')), 404, 'not_found_error'],
    [() => client.messages.create({ ...ask('x'), temperature: 0.5 } as never), 400, 'invalid_request_error'],
    [
      () => client.messages.create({ ...ask('x'), max_tokens: undefined } as never),
      400,
      'invalid_request_error',
    ],
    [() => client.messages.create({ ...ask('x'), max_token: 5 } as never), 400, 'invalid_request_error'],
    [() => client.messages.create(ask('[sandbox:429] x')), 429, 'rate_limit_error'],
    [() => client.messages.create(ask('[sandbox:500] x')), 502, 'api_error'],
    [
      () =>
        client.messages.create({
          ...ask('x', 'openai/gpt-6-luna'),
          tools: [{ type: 'web_search_20260318', name: 'web_search' } as never],
        }),
      400,
      'invalid_request_error',
    ],
  ];
  for (const [call, status, type] of cases) await expect(call()).rejects.toMatchObject(refused(status, type));
  expect(await (await raw(ask('x'), { 'anthropic-version': '2020-01-01' })).json()).toMatchObject({
    type: 'error',
    error: { message: expect.stringContaining('anthropic-version') },
  });
  expect(await settledWallet(member)).toEqual(before);
});

test('too little money is a billing error that says how much is missing', async () => {
  const calls = Array.from({ length: 12 }, () =>
    client.messages
      .create({
        ...ask('Much [sandbox:slow]', 'openai/gpt-6-astra'),
        max_tokens: 120_000,
        stream: true,
      })
      .then(
        () => null,
        (error: InstanceType<typeof Anthropic.APIError>) => error,
      ),
  );
  const refused = (await Promise.all(calls)).filter((error) => error?.status === 402);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]!.error).toMatchObject({ error: { type: 'billing_error' } });
  expect(refused[0]!.message).toMatch(/\$\d+\.\d{6} is missing/);
}, 90_000);

test('a stream that is cut ends in an error event, and nothing is charged', async () => {
  const answer = await raw({ ...ask('[sandbox:cut] Tell'), stream: true });
  expect(eventsOf(await answer.text()).at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  expect(await finished(member, answer.headers.get('x-mluen-generation')!)).toMatchObject({
    state: 'released',
    chargedMicro: '0',
  });
});

test.skipIf(specsMissing)('answers of both versions fit the public descriptions', async () => {
  const schema = '/components/schemas/';
  for (const [version, document] of [
    ['2023-06-01', 'anthropic'],
    ['2026-10-21', 'anthropic-types'],
  ] as const)
    for (const model of ['claude-sonnet-5', 'gpt-6-luna']) {
      const body = { ...ask('Fit [sandbox:words=20]', model), thinking: { type: 'adaptive' } };
      const headers = { 'anthropic-version': version };
      const message = (await (await raw(body, headers)).json()) as Anthropic.Message;
      expect(message.model).toBe(model);
      expectToFit(asClaude(message), document, `${schema}Message`);
      expectToFit(await (await raw({}, headers)).json(), document, `${schema}ErrorResponse`);
      expectToFit(await client.models.retrieve(CLAUDE), document, `${schema}ModelInfo`);
      const union = document === 'anthropic' ? 'MessageStreamEvent' : 'RawMessageStreamEvent';
      const events = eventsOf(await (await raw({ ...body, stream: true }, headers)).text());
      for (const event of events.filter(({ type }) => type !== 'ping'))
        expectToFit(
          event.type === 'message_start' ? { ...event, message: asClaude(event.message!) } : event,
          document,
          schema + union,
        );
    }
});

/** The description names Anthropic's own models alone. */
const asClaude = (message: Anthropic.Message) => ({ ...message, model: 'claude-sonnet-5' });

/** The body of the last request that a simulator was sent. */
async function lastSent(simulator: string): Promise<Record<string, unknown>> {
  const { requests } = (await (await fetch(`${simulator}/_control/requests`)).json()) as {
    requests: { method: string; body?: string }[];
  };
  return JSON.parse(requests.findLast(({ method }) => method === 'POST')?.body ?? '{}');
}
