import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { aText, auditOf, finished, run, type Seen, settledWallet, start } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, theMember, theStaff, type Visitor } from '#tests/support/product.ts';
import { callsTo, forget, misbehave, startTwoRoutes, type TwoRoutes } from '#tests/support/routes.ts';

interface Try {
  route: string;
  providerName: string;
  region: string;
  outcome: string;
  at: string;
}
type Tried = Seen & { tries: Try[] };

let two: TwoRoutes;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  two = await startTwoRoutes();
  member = await theMember(two.product);
  openai = openaiOf(two.product);
});
beforeEach(() => forget(first(), second(), two.urls.kling!, two.urls.fal!, two.urls.flux!));
afterAll(async () => {
  await discard(two.product);
  await two.close();
});

const first = () => two.urls.openai!;
const second = () => two.urls['openai-2']!;
/** What keys hear of a moment later is polled for. */
const SOON = { timeout: 20_000 };
const ask = (content: string, rest: object = {}) => ({
  model: 'openai/gpt-6-luna',
  messages: [{ role: 'user' as const, content }],
  ...rest,
});
const talk = (content: string, rest: object = {}) =>
  openai.chat.completions
    .create(ask(content, rest) as Parameters<typeof openai.chat.completions.create>[0] & { stream?: false })
    .withResponse();
const tried = async (id: string) => (await finished(member, id)) as Tried;

test('a route that took nothing is left for the next, which the answer says and the history keeps', async () => {
  await misbehave(first(), { status: 503 });
  const { data, response } = await talk('Which way?');
  expect(data.choices[0]!.message.content).toBeTruthy();
  expect(response.headers.get('x-mluen-route')).toBe('openai-sandbox-2');
  expect(response.headers.get('x-mluen-region')).toBe('EU');
  expect(response.headers.get('x-mluen-fallback')).toBe('openai-sandbox overloaded');
  const seen = await tried(response.headers.get('x-mluen-generation')!);
  expect(seen.tries).toMatchObject([
    { route: 'openai-sandbox', providerName: 'OpenAI', region: 'US', outcome: 'overloaded' },
    { route: 'openai-sandbox-2', providerName: 'OpenAI', region: 'EU', outcome: 'answered' },
  ]);
  expect(seen.sentTo.map(({ host, region }) => `${host} ${region}`)).toEqual([
    `${new URL(first()).host} US`,
    `${new URL(second()).host} EU`,
  ]);
  expect(await callsTo(second())).toBe(1);
});

test('an answer by the first route says which it was, and of no other', async () => {
  const { response } = await talk('Straight');
  expect(response.headers.get('x-mluen-route')).toBe('openai-sandbox');
  expect(response.headers.get('x-mluen-fallback')).toBeNull();
  const seen = await tried(response.headers.get('x-mluen-generation')!);
  expect(seen.tries).toMatchObject([{ route: 'openai-sandbox', outcome: 'answered' }]);
  expect(await callsTo(second())).toBe(0);
});

test('a stream goes on by the next route too, before its first word', async () => {
  await misbehave(first(), { status: 429, retryAfterSeconds: 1 });
  // Of another model, since this one is left alone for that second.
  const { data, response } = await openai.chat.completions
    .create({ ...ask('[sandbox:words=20] Stream', { model: 'openai/gpt-5.5' }), stream: true })
    .withResponse();
  let text = '';
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
  expect(text.length).toBeGreaterThan(10);
  expect(response.headers.get('x-mluen-fallback')).toBe('openai-sandbox rate_limited');
});

test.each([false, true])(
  'an answer that we translate goes on by the next route too (stream: %s)',
  async (stream) => {
    const claude = two.urls.anthropic!;
    await forget(claude, two.urls['anthropic-2']!);
    await misbehave(claude, { status: 529 });
    const { data, response } = await openai.chat.completions
      .create({ ...ask('Translate'), model: 'anthropic/claude-haiku-5-5', stream } as never)
      .withResponse();
    let text = '';
    if (stream)
      for await (const chunk of data as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>)
        text += chunk.choices[0]?.delta.content ?? '';
    else text = (data as OpenAI.ChatCompletion).choices[0]!.message.content!;
    expect(text).toBeTruthy();
    expect(response.headers.get('x-mluen-route')).toBe('anthropic-sandbox-2');
    expect(response.headers.get('x-mluen-fallback')).toBe('anthropic-sandbox overloaded');
    const seen = await tried(response.headers.get('x-mluen-generation')!);
    expect(seen.tries.map(({ region, outcome }) => `${region} ${outcome}`)).toEqual([
      'US overloaded',
      'EU answered',
    ]);
  },
);

test('Anthropic’s limits are obeyed as it writes them', async () => {
  const claude = two.urls.anthropic!;
  await forget(claude, two.urls['anthropic-2']!);
  const model = 'anthropic/claude-sonnet-5-5';
  await misbehave(claude, {
    headers: {
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': new Date(Date.now() + 600_000).toISOString(),
    },
  });
  expect((await talk('The last', { model })).response.headers.get('x-mluen-region')).toBe('US');
  expect((await talk('The next', { model })).response.headers.get('x-mluen-region')).toBe('EU');
});

test('what may have been accepted is never sent a second time', async () => {
  await misbehave(first(), { status: 500 });
  const before = await settledWallet(member);
  await expect(talk('Once only')).rejects.toMatchObject({ status: 502 });
  expect(await callsTo(second())).toBe(0);
  expect(await settledWallet(member)).toEqual(before);
});

test('who forbids fallback, for one call or in the settings, is not sent anywhere else', async () => {
  const before = await settledWallet(member);
  await misbehave(first(), { status: 503 }, 3);
  await expect(talk('Nowhere else', { mluen: { fallback: false } })).rejects.toMatchObject({ status: 503 });
  expect((await member.call('PUT', '/api/routing', { region: null, fallback: false })).status).toBe(200);
  // Keys hear of it a moment later.
  await forget(first());
  await misbehave(first(), { status: 503 }, 99);
  const refusal = () =>
    talk('Nowhere else').then(
      () => 'answered',
      (error: { status: number; headers: Headers }) =>
        `${error.status} by ${error.headers.get('x-mluen-route')}, before ${error.headers.get('x-mluen-fallback')}`,
    );
  await expect.poll(refusal, SOON).toBe('503 by openai-sandbox, before null');
  expect((await member.call('PUT', '/api/routing', { region: null, fallback: true })).status).toBe(200);
  expect((await settledWallet(member)).held).toBe(before.held);
  await forget(first());
  await expect
    .poll(async () => (await talk('All is well')).response.headers.get('x-mluen-region'), SOON)
    .toBe('US');
});

test('a region that is demanded is kept to; one that no route lies in is refused with those there are, and nothing is held', async () => {
  const before = await settledWallet(member);
  await expect(talk('Far away', { mluen: { region: 'JP' } })).rejects.toMatchObject({
    status: 400,
    code: 'no_route_in_region',
    message: expect.stringContaining('US, EU'),
  });
  await expect(talk('Odd', { mluen: { regoin: 'EU' } })).rejects.toMatchObject({
    status: 400,
    param: 'mluen',
  });
  for (const path of ['/api/quotes', '/api/generations']) {
    const asked = { fileIds: [], ...aText('Far away'), routing: { region: 'JP' } };
    const body = path === '/api/quotes' ? asked : { id: newId(), quote: 'none', ask: asked };
    const refused = await member.call<{ type: string; regions?: string[] }>('POST', path, body);
    expect(refused.status).toBe(path === '/api/quotes' ? 409 : 400);
    if (path === '/api/quotes')
      expect(refused.json).toMatchObject({ type: '/problems/no-route-in-region', regions: ['US', 'EU'] });
  }
  expect(await settledWallet(member)).toEqual(before);
  const byHead = (headers: Record<string, string>) =>
    openai.chat.completions
      .create({ model: 'openai/gpt-6-luna', messages: [{ role: 'user', content: 'Near' }] }, { headers })
      .withResponse();
  await expect(byHead({ 'x-mluen-fallback': 'maybe' })).rejects.toMatchObject({ status: 400 });
  expect((await byHead({ 'x-mluen-region': 'EU' })).response.headers.get('x-mluen-region')).toBe('EU');
  const { response } = await talk('Near', { mluen: { region: 'eu' } });
  expect(response.headers.get('x-mluen-region')).toBe('EU');
  expect(await callsTo(first())).toBe(0);
});

test('a region of the settings holds for the studio and for keys, and a call may lift it', async () => {
  expect((await member.call('PUT', '/api/routing', { region: 'JP', fallback: true })).status).toBe(400);
  expect((await member.call('PUT', '/api/routing', { region: 'eu', fallback: true })).status).toBe(200);
  expect((await member.call('GET', '/api/routing')).json).toMatchObject({ region: 'EU', fallback: true });
  const seen = (await run(member, aText('By the settings'))) as Tried;
  expect(seen.tries).toMatchObject([{ region: 'EU', outcome: 'answered' }]);
  const lifted = await talk('Anywhere', { mluen: { region: null } });
  expect(lifted.response.headers.get('x-mluen-region')).toBe('US');
  await expect
    .poll(async () => (await talk('By the settings')).response.headers.get('x-mluen-region'), SOON)
    .toBe('EU');
  await member.call('PUT', '/api/routing', { region: null, fallback: true });
});

test('a route that says that nothing is left is not asked before its time, and nothing fails', async () => {
  await expect.poll(async () => (await talk('Any')).response.headers.get('x-mluen-region'), SOON).toBe('US');
  const other = { model: 'openai/gpt-5.4-mini' };
  await misbehave(first(), {
    headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '10m0s' },
  });
  expect((await talk('The last', other)).response.headers.get('x-mluen-route')).toBe('openai-sandbox');
  const next = await talk('The next', other);
  expect(next.response.headers.get('x-mluen-route')).toBe('openai-sandbox-2');
  expect(next.response.headers.get('x-mluen-fallback')).toBeNull();
  expect((await talk('Another model')).response.headers.get('x-mluen-route')).toBe('openai-sandbox');
});

test('where every route is full for a moment, a call waits that moment and is answered', async () => {
  const other = { model: 'openai/gpt-5.4' };
  const full = { headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2s' } };
  await misbehave(second(), full);
  await talk('Fills the second', { ...other, mluen: { region: 'EU' } });
  await misbehave(first(), full);
  await talk('Fills the first', other);
  const { response } = await talk('Waits', other);
  const seen = await tried(response.headers.get('x-mluen-generation')!);
  expect(seen.tries.map(({ outcome }) => outcome)).toEqual(['answered']);
});

test('our own refusals never count against a provider', async () => {
  for (let at = 0; at < 8; at++) {
    await expect(talk('x', { temperatur: 1 })).rejects.toMatchObject({ status: 400 });
    await expect(talk('x', { mluen: { region: 'JP' } })).rejects.toMatchObject({ status: 400 });
  }
  const poor = { model: 'openai/gpt-6-astra', max_completion_tokens: 120_000 };
  const refused = await Promise.all(
    Array.from({ length: 14 }, () =>
      talk('[sandbox:latency=1500] Much', poor).then(
        () => 200,
        (error: { status: number }) => error.status,
      ),
    ),
  );
  expect(refused.filter((status) => status === 402).length).toBeGreaterThan(4);
  await settledWallet(member);
  const { response } = await talk('And still the first');
  expect(response.headers.get('x-mluen-route')).toBe('openai-sandbox');
});

test('the studio is told while it runs that another route took over', async () => {
  await misbehave(first(), { status: 503 }, 1, { promptIncludes: 'Tell me' });
  const id = await start(member, aText('[sandbox:slow] Tell me of it'));
  const answer = await member.raw(`/api/generations/${id}/events`);
  let seen = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    seen += chunk;
    if (/"tries":\[\{[^\]]*"outcome":"overloaded"/.test(seen)) break;
  }
  expect(seen).toContain('"route":"openai-sandbox-2"');
  await member.call('POST', `/api/generations/${id}/cancel`);
  const ended = await tried(id);
  expect(ended.tries.map(({ route }) => route)).toEqual(['openai-sandbox', 'openai-sandbox-2']);
});

test('after all of it the books are in order', async () => {
  expect(await auditOf(await theStaff(two.product))).toEqual({ ok: true, findings: [] });
});
