import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { anImage, auditOf, finished, run, settledWallet, start, until } from '#tests/support/generating.ts';
import {
  discard,
  type Product,
  startWithMember,
  theMember,
  theStaff,
  type Visitor,
} from '#tests/support/product.ts';
import { forget, misbehave } from '#tests/support/routes.ts';

let product: Product;
let member: Visitor;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
});
beforeEach(() => forget(product.simulators.flux!));
afterAll(() => discard(product));

const RESULTS = { path: '/results/' };

/** Nothing can be stored until `mend` is called. */
function breakStore(): { mend(): void } {
  const files = join(product.dataDir, 'files');
  renameSync(files, `${files}.away`);
  writeFileSync(files, '');
  let isBroken = true;
  const mend = () => {
    if (!isBroken) return;
    isBroken = false;
    rmSync(files);
    renameSync(`${files}.away`, files);
  };
  onTestFinished(mend);
  return { mend };
}

test('a result whose host fails is fetched again until it comes, and charged once', async () => {
  const before = await settledWallet(member);
  await misbehave(product.simulators.flux!, { status: 500 }, 2, RESULTS);
  const seen = await run(member, anImage('Behind a broken host'));
  expect(seen).toMatchObject({ state: 'settled', countedBy: 'provider' });
  expect(seen.outputs).toHaveLength(1);
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('a result that cannot be stored stays held, is not given away, and is stored once that works again', async () => {
  const before = await settledWallet(member);
  const store = breakStore();
  const id = await start(member, anImage('Nowhere to put it'));
  const waiting = await until(member, id, ({ state }) => state === 'delivering');
  expect(waiting).toMatchObject({ chargedMicro: '0', ending: null });
  await expect.poll(() => product.output(), { timeout: 10_000 }).toContain('could not be delivered yet');
  expect((await member.call<{ heldMicro: string }>('GET', '/api/wallet')).json.heldMicro).toBe(
    waiting.heldMicro,
  );
  store.mend();
  const seen = await finished(member, id);
  expect(seen).toMatchObject({ state: 'settled' });
  expect((await member.raw(seen.outputs[0]!.url)).status).toBe(200);
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('a picture that came in the reply is kept in memory and stored once that works again', async () => {
  const store = breakStore();
  const id = await start(member, {
    modelId: 'openai/gpt-image-2',
    params: { prompt: 'In the reply', size: '1024x1024', quality: 'low' },
  });
  await until(member, id, ({ state }) => state === 'delivering');
  store.mend();
  expect(await finished(member, id)).toMatchObject({ state: 'settled' });
});

test('a result that is gone for good ends in words, costs nothing, and the house bears what the provider bills', async () => {
  const before = await settledWallet(member);
  await misbehave(product.simulators.flux!, { status: 404 }, 9, RESULTS);
  const seen = await run(member, anImage('Lost on its way'));
  expect(seen).toMatchObject({
    state: 'released',
    chargedMicro: '0',
    outputs: [],
    ending: { why: 'undelivered' },
  });
  expect(seen.ending!.message).toMatch(/could not be fetched or kept.*You were not charged/);
  expect(await settledWallet(member)).toEqual(before);
  const { json } = await (await theStaff(product)).call<{
    routes: { routeId: string; failed: number; costMicro: string; chargedMicro: string }[];
  }>('GET', '/api/console/routes');
  const flux = json.routes.find(({ routeId }) => routeId === 'flux-sandbox')!;
  expect(flux.failed).toBe(1);
  // Three pictures at $0.014, two of them paid for.
  expect(flux.costMicro).toBe('42000');
});

test('a process that dies while it delivers leaves the work to the next, which fetches it and never asks for it again', async () => {
  const store = breakStore();
  const id = await start(member, anImage('Between two processes'));
  await until(member, id, ({ state }) => state === 'delivering');
  await product.kill();
  store.mend();
  product = await product.restart();
  member = await theMember(product);
  const seen = await finished(member, id);
  expect(seen).toMatchObject({ state: 'settled' });
  const answer = await fetch(`${product.simulators.flux}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { method: string; body: string }[] };
  expect(
    requests.filter(({ method, body }) => method === 'POST' && body.includes('Between two')),
  ).toHaveLength(1);
}, 90_000);

test('after all of it the books are in order', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
