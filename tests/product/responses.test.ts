import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  openai = openaiOf(product);
});
afterAll(() => discard(product));

type Create = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Input = OpenAI.Responses.ResponseInput;
const LUNA = 'openai/gpt-6-luna';
const CLAUDE = 'anthropic/claude-sonnet-5';
const ask = (input: string, model = LUNA) => ({ model, input, store: false });
const micro = (usd: string) => BigInt(usd.replace('.', ''));
const raw = (body: unknown) =>
  fetch(`${product.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
interface Event {
  type: string;
  sequence_number: number;
}
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((frame) => frame.startsWith('event: '))
    .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as Event);

test.each([LUNA, CLAUDE, 'google/gemini-3.6-flash', 'mistral/mistral-small-2603'])(
  'OpenAI’s own client gets a response of %s, whole and as a stream, charged and kept',
  async (model) => {
    const before = await settledWallet(member);
    const { data, response } = await openai.responses.create(ask('What is a wallet?', model)).withResponse();
    expect(data.output_text).toContain('wallet');
    expect(data).toMatchObject({ object: 'response', status: 'completed', model, store: false });
    const cost = micro(response.headers.get('x-mluen-cost')!);
    expect(micro(response.headers.get('x-mluen-balance')!)).toBe(before.available - cost);
    const seen = await finished(member, response.headers.get('x-mluen-generation')!);
    expect(seen).toMatchObject({ state: 'settled', chargedMicro: cost.toString(), text: data.output_text });
    const streamed = await openai.responses.stream(ask('What is a wallet?', model)).finalResponse();
    expect(streamed.output_text).toBe(data.output_text);
    expect(streamed.usage).toEqual(data.usage);
  },
);

test('a stream numbers its events, announces before it tells, and says its price before its end', async () => {
  const text = await (await raw({ ...ask('[sandbox:words=20] Order'), stream: true })).text();
  const events = eventsOf(text);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
  const at = (type: string) => types.indexOf(`response.${type}`);
  const order = [
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ].map(at);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
  expect(types.at(-1)).toBe('response.completed');
  expect(text).toMatch(
    /\n\n: x-mluen-cost=\d+\.\d{6} x-mluen-balance=\d+\.\d{6}\n\nevent: response.completed\n/,
  );
});

test.each(['openai/gpt-6-sol', CLAUDE, 'google/gemini-3.6-flash'])(
  'a function of %s is called, answered with the thought before it, and used; nothing was stored',
  async (model) => {
    const tools: OpenAI.Responses.FunctionTool[] = [
      {
        type: 'function',
        name: 'weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        strict: false,
      },
    ];
    const body = {
      model,
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
      tools,
      input: [{ role: 'user' as const, content: 'Rain in Yangon?' }],
    };
    const called = await openai.responses.stream({ ...body, tool_choice: 'required' }).finalResponse();
    const call = called.output.find((item) => item.type === 'function_call')!;
    expect(Object.keys(JSON.parse(call.arguments))).toEqual(['city']);
    const answered = await openai.responses.create({
      ...body,
      input: [
        ...body.input,
        ...(called.output as Input),
        { type: 'function_call_output', call_id: call.call_id, output: 'Heavy rain' },
      ],
    });
    expect(answered.output_text).toContain('Heavy rain');
  },
);

test('thoughts are summed up when asked for, and go back to the model that had them', async () => {
  const body: Create = {
    model: CLAUDE,
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { summary: 'auto' },
    input: [{ role: 'user', content: 'Why do cats purr?' }],
  };
  const first = await openai.responses.create(body);
  expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  const input: Input = [
    ...(body.input as Input),
    ...(first.output as Input),
    { role: 'user', content: 'And lions?' },
  ];
  expect((await openai.responses.create({ ...body, input })).output_text).toContain('lions');
  const { requests } = (await (await fetch(`${product.simulators.anthropic}/_control/requests`)).json()) as {
    requests: { method: string; body: string }[];
  };
  const sent = JSON.parse(requests.findLast(({ method }) => method === 'POST')!.body);
  expect(sent.messages[1].content[0].type).toBe('thinking');
  expect((await openai.responses.create({ ...body, model: LUNA, input })).output_text).toContain('lions');
  const hidden = await openai.responses.create({ ...body, include: [], reasoning: {} });
  expect(hidden.output.map(({ type }) => type)).toEqual(['message']);
});

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('a picture and a form of answer travel along; a cut answer is incomplete', async () => {
  const seen = await openai.responses.create({
    model: CLAUDE,
    instructions: 'Be brief',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
          { type: 'input_text', text: 'What is this?' },
        ],
      },
    ],
  });
  expect(seen.output_text).not.toBe('');
  const shaped = await openai.responses.create({
    ...ask('Name a city'),
    text: {
      format: {
        type: 'json_schema',
        name: 'place',
        schema: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        },
      },
    },
  });
  expect(Object.keys(JSON.parse(shaped.output_text))).toEqual(['city']);
  const cut = await openai.responses.create({ ...ask('[sandbox:words=300] Tell me'), max_output_tokens: 20 });
  expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
});

test('what is sent twice with one key is one call', async () => {
  const headers = { 'Idempotency-Key': 'one-response' };
  const first = await openai.responses.create(ask('Once'), { headers }).withResponse();
  await finished(member, first.response.headers.get('x-mluen-generation')!);
  const second = await openai.responses.create(ask('Once'), { headers }).withResponse();
  expect(second.response.headers.get('idempotent-replayed')).toBe('true');
  expect(second.data.id).toBe(first.data.id);
});

test('refusals have OpenAI’s shape and cost nothing', async () => {
  const before = await settledWallet(member);
  const create = (more: object, input = 'x') => openai.responses.create({ ...ask(input), ...more } as Create);
  const wrong = openaiOf(product, 'mlu_wrong-wrong');
  const cases: [() => Promise<unknown>, number, string][] = [
    [() => wrong.responses.create(ask('x')), 401, 'API key'],
    [() => create({ model: 'no-such-model' }), 404, 'does not exist'],
    [() => create({ store: true }), 400, 'Nothing is kept'],
    [() => create({ previous_response_id: 'resp_1' }), 400, 'whole conversation'],
    [() => create({ tools: [{ type: 'web_search' }] }), 400, 'tools'],
    [() => create({ max_tokens: 5 }), 400, 'max_tokens'],
    [() => openai.embeddings.create({ model: 'x', input: 'x' }), 404, 'no POST /v1/embeddings'],
    [() => create({}, '[sandbox:429] x'), 429, 'no more requests'],
    [() => create({}, '[sandbox:500] x'), 502, 'could not finish'],
  ];
  for (const [call, status, words] of cases)
    await expect(call()).rejects.toMatchObject({ status, message: expect.stringContaining(words) });
  expect(await settledWallet(member)).toEqual(before);
});

test('too little money is a 402 that says how much is missing', async () => {
  const calls = Array.from({ length: 12 }, () =>
    openai.responses
      .create({ ...ask('Much [sandbox:slow]', 'openai/gpt-6-astra'), max_output_tokens: 120_000 })
      .then(
        () => null,
        (error: InstanceType<typeof OpenAI.APIError>) => error,
      ),
  );
  const refused = (await Promise.all(calls)).filter((error) => error?.status === 402);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ code: 'insufficient_funds' });
}, 90_000);

test('a stream that is cut ends as failed, and nothing is charged', async () => {
  const answer = await raw({ ...ask('[sandbox:cut] Tell'), stream: true });
  expect(eventsOf(await answer.text()).at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'server_error' } },
  });
  expect(await finished(member, answer.headers.get('x-mluen-generation')!)).toMatchObject({
    state: 'released',
    chargedMicro: '0',
  });
});

test.skipIf(specsMissing)('answers and events fit the public description', async () => {
  const schema = '/components/schemas/';
  for (const model of [LUNA, CLAUDE]) {
    const body = {
      ...ask('Fit [sandbox:words=20]', model),
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    };
    expectToFit(await (await raw(body)).json(), 'openai', `${schema}Response`);
    for (const event of eventsOf(await (await raw({ ...body, stream: true })).text()))
      expectToFit(event, 'openai', `${schema}ResponseStreamEvent`);
  }
  expectToFit(await (await raw({})).json(), 'openai', `${schema}ErrorResponse`);
});
