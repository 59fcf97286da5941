import type { ServerResponse } from 'node:http';
import { text as wholeText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, finished, type Seen, settledWallet } from '#tests/support/generating.ts';
import { type Host, startHost } from '#tests/support/host.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

/** A provider that speaks OpenAI's format badly: what it does wrong is the prompt. */
let provider: Host;
let product: Product;
let member: Visitor;
const faults: Record<string, (response: ServerResponse) => void> = {
  'no json in a frame': (response) => stream(response, ['data: {oops', piece('Half')]),
  'no json in a frame, then an end': (response) =>
    stream(response, ['data: {oops', piece('Whole'), piece('', 'stop'), usage(), 'data: [DONE]']),
  'usage of another shape': (response) =>
    stream(response, [
      piece('Words'),
      piece('', 'stop'),
      'data: {"choices":[],"usage":"many"}',
      'data: [DONE]',
    ]),
  'usage of another shape, whole': (response) => whole(response, { usage: 'many' }),
  'an answer of another shape': (response) => whole(response, { choices: 'none', usage: 7 }),
  'an error that is no json': (response) => void response.writeHead(400).end('<html>'),
  endless: async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!response.destroyed) {
      response.write(`${piece('and so on ')}\n\n`);
      await delay(100);
    }
  },
};

beforeAll(async () => {
  provider = await startHost(async (request, response) => {
    const { messages } = JSON.parse(await wholeText(request)) as { messages: { content: string }[] };
    faults[messages[0]!.content]!(response);
  });
  ({ product, member } = await startWithMember({
    PROVIDER_IDLE_SECONDS: '2',
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  }));
});
afterAll(async () => {
  await discard(product);
  provider.close();
});

test.each([
  ['no json in a frame', true, 'released'],
  ['no json in a frame, then an end', true, 'settled'],
  ['usage of another shape', true, 'released'],
  ['usage of another shape, whole', false, 'released'],
  ['an answer of another shape', false, 'released'],
  ['an error that is no json', false, 'released'],
] as const)(
  'a provider with %s (stream: %s) ends as %s, and nothing stays held',
  async (fault, streamed, state) => {
    const before = await settledWallet(member);
    const answer = await call(fault, streamed);
    await answer.text().catch(() => 'the line was cut');
    const seen = await finished(member, await lastId());
    expect(seen.state).toBe(state);
    const after = await settledWallet(member);
    expect(after.held).toBe(0n);
    expect(before.available - after.available).toBe(BigInt(seen.chargedMicro));
    if (state === 'released') expect(seen.chargedMicro).toBe('0');
  },
);

test('who leaves an endless answer pays for what was written until the provider is let go', async () => {
  const left = new AbortController();
  const answer = await call('endless', true, left.signal);
  await answer.body!.getReader().read();
  left.abort();
  const seen = await finished(member, answer.headers.get('x-mluen-generation')!);
  expect(seen).toMatchObject({ state: 'settled', countedBy: 'estimated' });
  expect(seen.text).toContain('and so on');
  expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
  expect((await settledWallet(member)).held).toBe(0n);
});

test('after all of it the books are in order', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});

function call(prompt: string, streamed: boolean, signal?: AbortSignal): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({
      model: 'openai/gpt-6-luna',
      stream: streamed,
      messages: [{ role: 'user', content: prompt }],
    }),
    signal,
  });
}

async function lastId(): Promise<string> {
  const { json } = await member.call<{ items: Seen[] }>('GET', '/api/generations');
  return json.items[0]!.id;
}

function stream(response: ServerResponse, frames: string[]) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${frames.join('\n\n')}\n\n`);
}

function whole(response: ServerResponse, rest: object) {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ choices: [{ message: { content: 'Words' } }], ...rest }));
}

function piece(content: string, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}`;
}

function usage(): string {
  return `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } })}`;
}
