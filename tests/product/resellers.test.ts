import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AskFor, finished, type Seen, settledWallet, start, until } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, theMember, theStaff, type Visitor } from '#tests/support/product.ts';
import { callsTo, forget, misbehave, startTwoRoutes, type TwoRoutes } from '#tests/support/routes.ts';

type Tried = Seen & { tries: { provider: string; outcome: string }[] };

let two: TwoRoutes;
let member: Visitor;
beforeAll(async () => {
  two = await startTwoRoutes();
  member = await theMember(two.product);
});
beforeEach(() => forget(two.urls.kling!, two.urls.flux!, two.urls.fal!));
afterAll(async () => {
  await discard(two.product);
  await two.close();
});

const aClip = (prompt: string, params: object = {}): AskFor => ({
  modelId: 'kling/kling-3.0',
  params: { prompt, duration: 3, ...params },
});
const aPicture = (prompt: string, params: object = {}): AskFor => ({
  modelId: 'flux/flux-2-pro',
  params: { prompt, width: 512, height: 512, ...params },
});
const made = async (ask: AskFor) => (await finished(member, await start(member, ask))) as Tried;

test('a clip that its maker does not take is made by a reseller, at the price that was shown', async () => {
  await misbehave(two.urls.kling!, { status: 503 }, 9);
  const before = await settledWallet(member);
  const seen = await made(aClip('[sandbox:seconds=1] A heron takes off'));
  expect(seen).toMatchObject({ state: 'settled', modelId: 'kling/kling-3.0', countedBy: 'provider' });
  expect(seen.tries.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    'kling overloaded',
    'kling overloaded',
    'kling overloaded',
    'fal answered',
  ]);
  // Three silent seconds at 720p: $0.084 and our tenth, as Kling's own price list says.
  expect(seen.chargedMicro).toBe('277200');
  expect(seen.outputs[0]).toMatchObject({ mediaType: 'video/mp4' });
  expect(
    seen.sentTo
      .filter(({ kinds }) => kinds.includes('prompt'))
      .map(({ host }) => host)
      .at(-1),
  ).toBe(new URL(two.urls.fal!).host);
  expect(before.available - (await settledWallet(member)).available).toBe(277_200n);
  expect(await callsTo(two.urls.fal!)).toBe(1);
});

test('a picture goes to a reseller in the reseller’s own words', async () => {
  await misbehave(two.urls.flux!, { status: 429, retryAfterSeconds: 60 });
  const seen = await made(aPicture('A jar of honey'));
  expect(seen).toMatchObject({ state: 'settled' });
  expect(seen.outputs[0]).toMatchObject({ width: 512 });
  expect(seen.tries.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    'flux rate_limited',
    'fal answered',
  ]);
  // It said for how long: until then it is not asked at all.
  const next = await made(aPicture('Another jar'));
  expect(next.tries.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    'flux unavailable',
    'fal answered',
  ]);
  expect(await callsTo(two.urls.flux!)).toBe(1);
});

test('a program’s picture goes on to a reseller too, and its head says so', async () => {
  await misbehave(two.urls.flux!, { status: 503 }, 9);
  const { product } = two;
  const openai = openaiOf(product);
  const { data, response } = await openai.images
    .generate({ model: 'flux/flux-2-pro', prompt: 'A lamp', size: '512x512' })
    .withResponse();
  expect(data.data).toHaveLength(1);
  expect(response.headers.get('x-mluen-route')).toBe('fal-sandbox');
  expect(response.headers.get('x-mluen-fallback')).toMatch(/^flux-sandbox (overloaded|unavailable)/);
});

test('what the reseller cannot do just so is not sent there, nor what the person will not have sent elsewhere', async () => {
  const before = await settledWallet(member);
  await misbehave(two.urls.kling!, { status: 503 }, 9);
  const dearest = await made(aClip('[sandbox:seconds=1] In 4K', { resolution: '4k' }));
  expect(dearest).toMatchObject({ state: 'released', ending: { why: 'overloaded' }, chargedMicro: '0' });
  await forget(two.urls.kling!);
  await misbehave(two.urls.kling!, { status: 503 }, 9);
  const own = await made({
    ...aClip('[sandbox:seconds=1] Kling alone'),
    routing: { fallback: false },
  } as AskFor);
  expect(own).toMatchObject({ state: 'released', ending: { why: 'overloaded' } });
  expect(await callsTo(two.urls.fal!)).toBe(0);
  expect(await settledWallet(member)).toEqual(before);
});

test('a process that dies while a reseller works leaves the job to the next, which asks the reseller', async () => {
  await misbehave(two.urls.kling!, { status: 503 }, 9);
  const id = await start(member, aClip('[sandbox:seconds=6] Two herons'));
  await until(member, id, ({ state }) => state === 'running');
  await two.product.kill();
  two.product = await two.product.restart();
  member = await theMember(two.product);
  const seen = (await finished(member, id)) as Tried;
  expect(seen).toMatchObject({ state: 'settled', chargedMicro: '277200' });
  expect(seen.tries.at(-1)).toMatchObject({ provider: 'fal' });
  expect(await callsTo(two.urls.fal!)).toBe(1);
}, 90_000);

test('what a provider refuses as wrong goes nowhere else', async () => {
  const seen = await made(aClip('[sandbox:refuse] [sandbox:seconds=1] Not this'));
  expect(seen).toMatchObject({ state: 'released', ending: { why: 'rejected_content' } });
  expect(await callsTo(two.urls.fal!)).toBe(0);
});

test('staff with money to look after see what each route brought in and cost', async () => {
  const staff = await theStaff(two.product);
  const { status, json } = await staff.call<{
    routes: {
      routeId: string;
      runs: number;
      fallbacks: number;
      chargedMicro: string;
      costMicro: string;
      marginMicro: string;
    }[];
  }>('GET', '/api/console/routes?days=1');
  expect(status).toBe(200);
  const fal = json.routes.find(({ routeId }) => routeId === 'fal-sandbox')!;
  expect(fal).toMatchObject({ runs: 5, fallbacks: 5 });
  expect(BigInt(fal.chargedMicro) - BigInt(fal.costMicro)).toBe(BigInt(fal.marginMicro));
  expect(BigInt(fal.costMicro)).toBeGreaterThan(0n);
});
