import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { type AskFor, run, type Seen } from '#tests/support/generating.ts';
import { discard, startProduct, theMember, theStaff, type Visitor } from '#tests/support/product.ts';
import { callsTo, forget, misbehave, startTwoRoutes, type TwoRoutes } from '#tests/support/routes.ts';

interface Refused {
  type: string;
  detail: string;
  providerId: string;
  providerVersion: string;
}
interface Told {
  items: { providerId: string; version: string; via: string; at: string; isCurrent: boolean }[];
}

let two: TwoRoutes;
let member: Visitor;
/** An account that never made an API key, and has no money. */
let newcomer: Visitor;
beforeAll(async () => {
  two = await startTwoRoutes();
  member = await theMember(two.product);
  newcomer = await theStaff(two.product);
});
afterAll(async () => {
  await discard(two.product);
  await two.close();
});

const ask: AskFor = {
  modelId: 'anthropic/claude-haiku-5-5',
  params: { messages: [{ role: 'user', content: 'Hello' }] },
};

async function begin(visitor: Visitor) {
  const whole = { fileIds: [], ...ask };
  const { json } = await visitor.call<{ quote: string }>('POST', '/api/quotes', whole);
  return visitor.call<Refused>('POST', '/api/generations', { id: newId(), quote: json.quote, ask: whole });
}
const toldTo = async (visitor: Visitor) =>
  (await visitor.call<Told>('GET', '/api/acknowledgements')).json.items;

test('5.3 the first use of a provider asks once: until then nothing is held or sent, and then it is not asked again', async () => {
  const refused = await begin(newcomer);
  expect(refused.status).toBe(403);
  expect(refused.json).toMatchObject({
    type: '/problems/provider-not-acknowledged',
    providerId: 'anthropic',
  });
  expect(refused.json.detail).toContain('Anthropic');
  expect(await callsTo(two.urls.anthropic!)).toBe(0);

  const { providerId, providerVersion } = refused.json;
  const { items: models } = (
    await newcomer.call<{ items: { id: string; provider: { version: string } }[] }>('GET', '/api/models')
  ).json;
  expect(models.find(({ id }) => id === ask.modelId)!.provider.version).toBe(providerVersion);
  const wrong = { providerId, version: '2020-01-01-0000000000' };
  expect((await newcomer.call('POST', '/api/acknowledgements', wrong)).status).toBe(409);
  const right = { providerId, version: providerVersion };
  expect((await newcomer.call('POST', '/api/acknowledgements', right)).status).toBe(204);
  expect((await newcomer.call('POST', '/api/acknowledgements', right)).status).toBe(204);
  expect(await toldTo(newcomer)).toMatchObject([
    { providerId: 'anthropic', version: providerVersion, via: 'first-use', isCurrent: true },
  ]);
  // Told, and stopped by an empty wallet alone.
  expect((await begin(newcomer)).json.type).toBe('/problems/insufficient-funds');
});

test('5.3 what is told carries the day it was read, and each model shows the same', async () => {
  const { json } = await member.call<{
    items: { provider: { id: string; version: string; readOn: string }; routes: { region: string }[] }[];
  }>('GET', '/api/models');
  for (const { provider, routes } of json.items) {
    expect(provider.version.startsWith(`${provider.readOn}-`)).toBe(true);
    expect(routes.length).toBeGreaterThan(0);
  }
  expect(
    json.items.find(({ provider }) => provider.id === 'openai')!.routes.map(({ region }) => region),
  ).toEqual(['US', 'EU']);
});

test('5.3 whoever makes an API key is told of every provider, and programs are not stopped', async () => {
  const told = await toldTo(member);
  const { json } = await member.call<{ items: { provider: { id: string } }[] }>('GET', '/api/models');
  const offered = new Set(json.items.map(({ provider }) => provider.id));
  for (const id of offered)
    expect(told.find(({ providerId }) => providerId === id)).toMatchObject({
      via: 'api-key',
      isCurrent: true,
    });
});

test('5.1 a call that goes on to another provider leaves receipts that name exactly those that were tried', async () => {
  await misbehave(two.urls.kling!, { status: 503 }, 9);
  const clip = { modelId: 'kling/kling-3.0', params: { prompt: '[sandbox:seconds=1] A pier', duration: 3 } };
  const seen = (await run(member, clip)) as Seen & { tries: { provider: string }[] };
  await forget(two.urls.kling!);
  expect(new Set(seen.tries.map(({ provider }) => provider))).toEqual(new Set(['kling', 'fal']));
  expect(new Set(seen.sentTo.map(({ provider }) => provider))).toEqual(new Set(['kling', 'fal']));
});

test('5.3 a provider that came after the API key was made is refused to programs until its owner has read who it is', async () => {
  const { mistral, ...without } = two.urls;
  const before = await startProduct({ SANDBOX_URLS: JSON.stringify(without) });
  await before.stop();
  const { dataDir } = before;
  const after = await startProduct({ SANDBOX_URLS: JSON.stringify({ ...without, mistral }) }, dataDir);
  const owner = await theMember(after);
  const call = () =>
    fetch(`${after.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${after.member.apiKey}` },
      body: JSON.stringify({ model: 'mistral/mistral-small-2603', messages: ask.params.messages }),
    });
  await forget(mistral!);
  const refused = await call();
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({
    error: { code: 'provider_not_acknowledged', message: expect.stringContaining('/models/mistral/') },
  });
  expect(await callsTo(mistral!)).toBe(0);
  const { json } = await owner.call<{ items: { provider: { id: string; version: string } }[] }>(
    'GET',
    '/api/models',
  );
  const { provider } = json.items.find((model) => model.provider.id === 'mistral')!;
  const told = { providerId: provider.id, version: provider.version };
  expect((await owner.call('POST', '/api/acknowledgements', told)).status).toBe(204);
  await expect.poll(async () => (await call()).status, { timeout: 15_000 }).toBe(200);
  await discard(after);
}, 90_000);
