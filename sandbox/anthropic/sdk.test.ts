import Anthropic, { toFile } from '@anthropic-ai/sdk';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Recorded, recorder } from '../kit/recorder.ts';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startAnthropic } from './anthropic.ts';

/**
 * Anthropic's own client through every operation of the page, in both versions of the API: as it is, with its key as a
 * bearer, and as raw callers and earlier clients are, with `x-api-key`. What passed is held against the descriptions.
 */
const traffic = recorder();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAnthropic({ paceMs: 0 });
});
afterAll(() => simulator.close());

const clients = {
  '2026-10-21': () =>
    new Anthropic({
      apiKey: 'sk-ant-test',
      baseURL: simulator.url,
      maxRetries: 0,
      fetch: traffic.fetch,
    }),
  '2023-06-01': () =>
    new Anthropic({
      apiKey: null,
      authToken: null,
      baseURL: simulator.url,
      maxRetries: 0,
      fetch: traffic.fetch,
      defaultHeaders: { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2023-06-01', authorization: null },
    }),
};
const model = 'claude-sonnet-5-5';
const ask = (content: Anthropic.MessageParam['content']) => [{ role: 'user' as const, content }];
const tools = ['weather_in', 'time_in'].map((name) => ({
  name,
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
}));
const thinking = { type: 'adaptive' as const, display: 'summarized' as const };

describe.each(['2026-10-21', '2023-06-01'] as const)('version %s', (version) => {
  const client = () => clients[version]();

  test('is asked for in the header, with the key where that client puts it', async () => {
    await client().messages.create({ model, max_tokens: 500, messages: ask('Hello') });
    await traffic.settle();
    const { headers } = traffic.recorded.at(-1)!;
    expect(headers.get('anthropic-version')).toBe(version);
    expect(headers.has('x-api-key')).toBe(version === '2023-06-01');
    expect(headers.has('authorization')).toBe(version === '2026-10-21');
  });

  test('pictures, documents and text files go in, whole, by address and by id', async () => {
    const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c33' } })
      .png()
      .toBuffer();
    const pdf = Buffer.from('%PDF-1.7').toString('base64');
    const file = await client().files.upload({
      file: await toFile(Buffer.from('%PDF-1.7'), 'a.pdf', { type: 'application/pdf' }),
    });
    const answer = await client().messages.create({
      model,
      max_tokens: 2000,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: ask([
        {
          type: 'image',
          source: { type: 'base64', media_type: 'image/png', data: picture.toString('base64') },
        },
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: pdf },
          title: 'Bill',
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Some words.' } },
        { type: 'document', source: { type: 'file', file_id: file.id } },
        { type: 'text', text: 'What are these?' },
      ]),
    });
    const { usage } = answer;
    const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
    expect(usage.input_tokens + cached).toBeGreaterThan(4000);
    await client().files.delete(file.id);
    const gone = ask([{ type: 'document', source: { type: 'file', file_id: file.id } }]);
    await expect(client().messages.create({ model, max_tokens: 100, messages: gone })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('tools are called in parallel, and thoughts go back before their results as they were', async () => {
    const question = ask('use weather_in and time_in');
    const body = { model, max_tokens: 2000, tools, thinking };
    const called = await client()
      .messages.stream({ ...body, messages: question })
      .finalMessage();
    expect(called.content.map(({ type }) => type)).toEqual(['thinking', 'tool_use', 'tool_use']);
    const results = called.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'Mild.' }]
        : [],
    );
    const goneOn = (content: unknown) => [
      ...question,
      { role: 'assistant' as const, content: content as Anthropic.ContentBlockParam[] },
      ...ask(results),
    ];
    const answered = await client().messages.create({ ...body, messages: goneOn(called.content) });
    expect(answered.stop_reason).toBe('end_turn');
    const [thought, ...calls] = called.content as unknown as Record<string, unknown>[];
    for (const changed of [
      { ...thought, thinking: 'Something else.' },
      { ...thought, signature: 'AAAA' },
      { type: 'thinking', thinking: '' },
    ])
      await expect(
        client().messages.create({ ...body, messages: goneOn([changed, ...calls]) }),
      ).rejects.toMatchObject({ status: 400 });
    // Thoughts of these models are bound to the one that had them.
    const elsewhere = { ...body, model: 'claude-opus-5-5', messages: goneOn(called.content) };
    await expect(client().messages.create(elsewhere)).rejects.toThrow('Invalid `signature`');
  });

  test('an early model that is told to think wants its thought before the calls of its last turn', async () => {
    const body = {
      model: 'claude-haiku-4-5',
      max_tokens: 3000,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      tools,
    };
    const called = await client().messages.create({ ...body, messages: ask('use weather_in') });
    const call = called.content.find((block) => block.type === 'tool_use')!;
    const messages = [
      ...ask('use weather_in'),
      { role: 'assistant' as const, content: [call] as Anthropic.ContentBlockParam[] },
      ...ask([{ type: 'tool_result', tool_use_id: call.id, content: 'Mild.' }]),
    ];
    await expect(client().messages.create({ ...body, messages })).rejects.toThrow(
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
    );
  });

  test('tokens are counted, models listed, files kept', async () => {
    const { input_tokens } = await client().messages.countTokens({ model, messages: ask('Hello'), tools });
    expect(input_tokens).toBeGreaterThan(20);
    const models = await Array.fromAsync(await client().models.list());
    expect(models.map(({ id }) => id)).toContain(model);
    expect((await client().models.retrieve(model)).max_tokens).toBe(128_000);
    const kept = await client().files.upload({ file: await toFile(Buffer.from('x'), 'a.txt') });
    expect((await Array.fromAsync(await client().files.list())).map(({ id }) => id)).toContain(kept.id);
    expect((await client().files.retrieveMetadata(kept.id)).size_bytes).toBe(1);
    await client().files.delete(kept.id);
    await expect(client().files.retrieveMetadata(kept.id)).rejects.toMatchObject({ status: 404 });
  });

  test('a prompt is kept for an hour where that was asked for', async () => {
    const words = `${version} ${'The tide comes in. '.repeat(600)}`;
    const body = {
      model,
      max_tokens: 500,
      messages: ask(words),
      cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
    };
    const { usage } = await client().messages.create(body);
    expect(usage.cache_creation!.ephemeral_1h_input_tokens).toBeGreaterThan(1000);
    expect((await client().messages.create(body)).usage.cache_read_input_tokens).toBeGreaterThan(1000);
  });
});

test('a sampling field is known to the earlier version alone', async () => {
  const body = { model: 'claude-opus-4-6', max_tokens: 100, messages: ask('x'), temperature: 0.5 } as never;
  await expect(clients['2026-10-21']().messages.create(body)).rejects.toMatchObject({ status: 400 });
  await expect(clients['2023-06-01']().messages.create(body)).resolves.toBeDefined();
});

/** The two descriptions have names of their own for the same things. */
const schemas: Record<string, Record<string, { sent?: string; answered?: string; event?: string }>> = {
  'anthropic-types': {
    'POST /v1/messages': {
      sent: 'MessageCreateParamsNonStreaming',
      answered: 'Message',
      event: 'RawMessageStreamEvent',
    },
    'POST /v1/messages/count_tokens': { sent: 'MessageCountTokensParams', answered: 'MessageTokensCount' },
    'GET /v1/models/…': { answered: 'ModelInfo' },
  },
  anthropic: {
    'POST /v1/messages': { sent: 'CreateMessageParams', answered: 'Message', event: 'MessageStreamEvent' },
    'POST /v1/messages/count_tokens': {
      sent: 'CountMessageTokensParams',
      answered: 'CountMessageTokensResponse',
    },
    'GET /v1/models': { answered: 'ListResponse_ModelInfo_' },
  },
};

test.skipIf(specsMissing)(
  'all that the client sent and understood fits the description of its version',
  async () => {
    await traffic.settle();
    for (const exchange of traffic.recorded) {
      if (exchange.status !== 200) continue;
      const isNew = exchange.headers.get('anthropic-version') === '2026-10-21';
      const document = isNew ? 'anthropic-types' : 'anthropic';
      const { sent, answered, event } = schemas[document]![routeOf(exchange)] ?? {};
      const holds = (value: unknown, name: string) =>
        expectToFit(value, document, `/components/schemas/${name}`);
      // The new version's types do not say that the earlier one's sampling fields are gone.
      // Files were a trial then, which the earlier description leaves out.
      const isTrial = !isNew && JSON.stringify(exchange.sent).includes('"file_id"');
      const streams = (exchange.sent as { stream?: boolean } | null)?.stream === true;
      if (sent !== undefined && !isTrial)
        holds(exchange.sent, streams ? sent.replace('NonStreaming', 'Streaming') : sent);
      if (exchange.contentType.includes('event-stream') && event !== undefined) {
        for (const data of dataOf(exchange.answered)) {
          const value = JSON.parse(data) as { type: string };
          if (value.type !== 'ping') holds(value, event);
        }
      } else if (answered !== undefined) holds(JSON.parse(exchange.answered), answered);
    }
  },
);

const routeOf = ({ method, path }: Recorded) => `${method} ${path.replace(/(models)\/[^/]+$/, '$1/…')}`;
