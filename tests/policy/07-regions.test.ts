import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { aText, finished, run, type Seen, settledWallet, start } from '#tests/support/generating.ts';
import { discard, theMember, type Visitor } from '#tests/support/product.ts';
import { callsTo, forget, misbehave, startTwoRoutes, type TwoRoutes } from '#tests/support/routes.ts';

let two: TwoRoutes;
let member: Visitor;
beforeAll(async () => {
  two = await startTwoRoutes();
  member = await theMember(two.product);
});
beforeEach(async () => {
  await forget(...Object.values(two.urls));
});
afterEach(() => demand(null));
afterAll(async () => {
  await discard(two.product);
  await two.close();
});

const inUs = () => two.urls.openai!;
const inEu = () => two.urls['openai-2']!;

async function demand(region: string | null): Promise<void> {
  const { status } = await member.call('PUT', '/api/routing', { region, fallback: true });
  if (status !== 200) throw new Error(`the region was not set: ${status}`);
}

/** As a program; answers the status and where it was served. */
async function byKey(content: string): Promise<{ status: number; region: string | null }> {
  const answer = await fetch(`${two.product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${two.product.member.apiKey}` },
    body: JSON.stringify({ model: 'openai/gpt-6-luna', messages: [{ role: 'user', content }] }),
  });
  await answer.text();
  return { status: answer.status, region: answer.headers.get('x-mluen-region') };
}

test('7.1 each model says in which regions it can be made, and each receipt in which it was', async () => {
  const { json } = await member.call<{ items: { id: string; routes: { region: string }[] }[] }>(
    'GET',
    '/api/models',
  );
  for (const { routes } of json.items) for (const { region } of routes) expect(region).not.toBe('');
  const luna = json.items.find(({ id }) => id === 'openai/gpt-6-luna')!;
  expect(luna.routes.map(({ region }) => region)).toEqual(['US', 'EU']);
  const seen = await run(member, aText('Where?'));
  expect(seen.sentTo).toMatchObject([{ host: new URL(inUs()).host, region: 'US' }]);
});

test('7.1 who wants one region is served there alone, in the studio and by key', async () => {
  await demand('EU');
  const seen = await run(member, aText('Stay here'));
  expect(seen.sentTo.map(({ region }) => region)).toEqual(['EU']);
  // Keys hear of it a moment later.
  await vi.waitFor(async () => expect(await byKey('Stay here too')).toEqual({ status: 200, region: 'EU' }), {
    timeout: 20_000,
  });
  await forget(inUs(), inEu());
  for (let times = 0; times < 5; times++) expect((await byKey('Stay here')).region).toBe('EU');
  expect([await callsTo(inUs()), await callsTo(inEu())]).toEqual([0, 5]);
});

test('7.1 a call that fails there goes to no other region, and costs nothing', async () => {
  await demand('EU');
  const before = await settledWallet(member);
  await misbehave(inEu(), { status: 503 }, 9);
  const seen = await finished(member, await start(member, aText('Rather not at all')));
  expect(seen).toMatchObject({ state: 'released', chargedMicro: '0' });
  expect(await callsTo(inEu())).toBe(seen.sentTo.length);
  expect([...new Set(seen.sentTo.map(({ region }) => region))]).toEqual(['EU']);
  expect(await callsTo(inUs())).toBe(0);
  expect(await settledWallet(member)).toEqual(before);
});

test('7.1 a model that is made elsewhere alone is refused before anything leaves, though others sell it too', async () => {
  await demand('EU');
  const clip = { modelId: 'kling/kling-3.0', params: { prompt: 'A pier', duration: 3 }, fileIds: [] };
  const refused = await member.call<{ type: string }>('POST', '/api/quotes', clip);
  expect(refused.json.type).toBe('/problems/no-route-in-region');
  for (const at of ['kling', 'fal', 'replicate']) expect(await callsTo(two.urls[at]!)).toBe(0);
  await demand(null);
  const taken = (await run(member, {
    ...clip,
    params: { ...clip.params, prompt: '[sandbox:seconds=1] A pier' },
  })) as Seen;
  expect(taken.state).toBe('settled');
});
