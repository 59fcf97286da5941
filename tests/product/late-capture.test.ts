import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPools, type Pools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { createCommit } from '#server/generations/commit.ts';
import { approveAdjustment, proposeAdjustment } from '#server/ledger/flows/adjustment.ts';
import { openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import {
  anImage,
  aText,
  auditOf,
  finished,
  look,
  settledWallet,
  start,
  until,
  walletOf,
} from '#tests/support/generating.ts';
import {
  discard,
  type Product,
  startWithMember,
  theMember,
  theStaff,
  type Visitor,
} from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let me: string;
let secret: string;
let admin: pg.ClientConfig;
let pools: Pools;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  me = (await member.call<{ id: string }>('GET', '/api/me')).json.id;
  secret = readFileSync(join(product.dataDir, 'app.secret'), 'utf8').trim();
  const postgres = await startEmbeddedPostgres(join(product.dataDir, 'postgres'));
  admin = { ...postgres.admin, database: 'mluen' };
  pools = openPools({ admin, base: { host: postgres.host, database: 'mluen' } }, secret, () => undefined);
});
afterAll(async () => {
  await pools.end();
  await discard(product);
});

/** A picture whose submission was never answered, released when its time was over: the provider made it all the same. */
async function aReleased(
  prompt: string,
): Promise<{ id: string; hook: string; task: string; heldMicro: bigint }> {
  const id = await start(member, anImage(`[sandbox:lost] [sandbox:hook_never] ${prompt}`));
  const { heldMicro } = await until(member, id, ({ state }) => state === 'unknown');
  const task = await newestTask();
  await asOwner(`update generations.generation set held_until = now() where id = '${id}'`);
  // Nobody need wait for the lease.
  await asOwner(`update ledger.hold set lease_until = now() where group_id = '${id}'`);
  expect(await finished(member, id)).toMatchObject({
    state: 'released',
    chargedMicro: '0',
    ending: { why: 'unknown' },
  });
  return { id, hook: (await hooks()).at(-1)!, task, heldMicro: BigInt(heldMicro) };
}

/** Where the provider was told to call, in the order in which it was. */
async function hooks(): Promise<string[]> {
  const answer = await fetch(`${product.simulators.flux}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { method: string; body?: string }[] };
  return requests
    .filter(({ method, body }) => method === 'POST' && body?.includes('webhook_url'))
    .map(({ body }) => (JSON.parse(body!) as { webhook_url: string }).webhook_url);
}

async function callBack({ hook, task }: { hook: string; task: string }): Promise<void> {
  const answer = await fetch(hook, {
    method: 'POST',
    body: JSON.stringify({ id: task, status: 'Ready' }),
  });
  expect(answer.status).toBe(200);
}

test('released at its deadline, then the provider calls back: the picture is delivered and charged once, however often it calls', async () => {
  const before = await settledWallet(member);
  const late = await aReleased('a picture that came late');
  expect(await settledWallet(member)).toEqual(before);
  await callBack(late);
  const seen = await until(member, late.id, ({ state }) => state === 'settled');
  expect(seen).toMatchObject({ ending: null, cameLate: true });
  expect(seen.outputs).toHaveLength(1);
  expect((await member.raw(seen.outputs[0]!.url)).status).toBe(200);
  const charged = BigInt(seen.chargedMicro);
  expect(charged).toBeGreaterThan(0n);
  expect(charged).toBeLessThanOrEqual(late.heldMicro);
  const after = await settledWallet(member);
  expect(before.available - after.available).toBe(charged);
  await callBack(late);
  await callBack(late);
  await lookedAt(late.id);
  expect(await settledWallet(member)).toEqual(after);
  const { json } = await member.call<{ items: { id: string; kind: string; generationId: string | null }[] }>(
    'GET',
    '/api/wallet/transactions',
  );
  const rows = json.items.filter(({ generationId }) => generationId === late.id);
  expect(rows.map(({ kind }) => kind)).toEqual(['late-charge', 'release']);
  expect(seen.transactionId).toBe(rows[0]!.id);
}, 60_000);

test('with too little money by then, what is there is charged, the house bears the rest, and a later top-up pays nothing of it', async () => {
  const late = await aReleased('a picture for an empty wallet');
  const { available } = await settledWallet(member);
  await adjust(1_000n - available);
  await callBack(late);
  const seen = await until(member, late.id, ({ state }) => state === 'settled');
  expect(seen.outputs).toHaveLength(1);
  expect(seen.chargedMicro).toBe('1000');
  expect(await walletOf(member)).toEqual({ available: 0n, held: 0n });
  const memos = await memosOf(late.id);
  expect(memos).toEqual([{ kind: 'late_shortfall', amount: expect.any(BigInt) }]);
  expect(memos[0]!.amount).toBeGreaterThan(0n);
  await adjust(available);
  await callBack(late);
  await lookedAt(late.id);
  expect((await settledWallet(member)).available).toBe(available);
  expect(await memosOf(late.id)).toEqual(memos);
}, 60_000);

test('what was stopped by its person is not delivered late: nothing is charged, and the house remembers what it bore', async () => {
  const before = await settledWallet(member);
  const id = await start(
    member,
    anImage('[sandbox:lost] [sandbox:hook_never] a picture that nobody waits for'),
  );
  await until(member, id, ({ state }) => state === 'unknown');
  const task = await newestTask();
  await member.call('POST', `/api/generations/${id}/cancel`);
  await finished(member, id);
  await callBack({ hook: (await hooks()).at(-1)!, task });
  await lookedAt(id);
  expect(await look(member, id)).toMatchObject({ state: 'cancelled', chargedMicro: '0', outputs: [] });
  expect(await settledWallet(member)).toEqual(before);
  expect(await memosOf(id)).toEqual([{ kind: 'undelivered', amount: expect.any(BigInt) }]);
}, 60_000);

test('a job that its provider never ends is released at the hold’s deadline, and what it makes afterwards is found by polling', async () => {
  const before = await settledWallet(member);
  const id = await start(member, anImage('[sandbox:slow] a picture that takes its time'));
  await until(member, id, ({ state }) => state === 'running');
  await product.kill();
  await asOwner(`update ledger.hold set deadline = now(), lease_until = now() where group_id = '${id}'`);
  product = await product.restart();
  member = await theMember(product);
  const released = await until(member, id, ({ finishedAt }) => finishedAt !== null);
  expect(released).toMatchObject({ state: 'released', chargedMicro: '0', ending: { why: 'timeout' } });
  for (let seconds = 0; seconds < 120; seconds += 5) await advance();
  await asOwner('update generations.late_look set look_at = now()');
  const seen = await until(member, id, ({ state }) => state === 'settled');
  expect(seen).toMatchObject({ cameLate: true });
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
}, 120_000);

test('a run that was given up while it went on, as after a stalled process, is delivered and charged late when it ends', async () => {
  const before = await settledWallet(member);
  const id = await start(member, aText('[sandbox:words=150] A text that goes on'));
  await until(member, id, ({ text }) => (text ?? '') !== '');
  // What the reaper of another process does with a hold whose lease has ended.
  await using ledger = await openLedger(pools);
  await using commit = createCommit(pools, { append: async () => [] } as never, ledger);
  await commit.settle({
    holdId: holdIdOf(id),
    transferId: captureIdOf(id),
    amountMicro: 0n,
    memberId: me,
    id,
    answer: null,
    ask: null,
    row: { state: 'released', ending: 'interrupted' },
  });
  expect(await look(member, id)).toMatchObject({ state: 'released', chargedMicro: '0' });
  const seen = await until(member, id, ({ state }) => state === 'settled');
  expect(seen).toMatchObject({ cameLate: true, countedBy: 'provider', ending: null });
  expect(seen.text!.split(' ').length).toBeGreaterThan(100);
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
}, 60_000);

test('after all of it the ledger is sound, and whoever watches from outside is told so', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
  const books = await fetch(`${product.url}/health/books`);
  expect(books.status).toBe(200);
  expect(await books.json()).toEqual({ soundAt: expect.any(String), lateAccounts: 0, stopped: [] });
});

async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client(admin);
  await client.connect();
  await client.query(sql);
  await client.end();
}

function memosOf(id: string): Promise<{ kind: string; amount: bigint }[]> {
  return asService(pools, (tx) =>
    tx.selectFrom('ledger.memo').select(['kind', 'amount']).where('groupId', '=', id).execute(),
  );
}

/** Waits until the reaper has no job of this generation to look at any more. */
async function lookedAt(id: string): Promise<void> {
  await expect
    .poll(
      () =>
        asService(pools, (tx) =>
          tx.selectFrom('generations.lateLook').select('id').where('id', '=', id).execute(),
        ),
      { timeout: 20_000 },
    )
    .toEqual([]);
}

/** Two of the staff put the wallet right by so much. */
async function adjust(amountMicro: bigint): Promise<void> {
  const id = newId();
  const done = await asService(pools, async (tx) => {
    await proposeAdjustment(tx, {
      id,
      memberId: me,
      amountMicro,
      reasonCode: 'correction',
      reason: 'a test of an empty wallet',
      proposedBy: newId(),
    });
    return approveAdjustment(tx, { id, decidedBy: newId() });
  });
  expect(done).toEqual({ ok: true });
}

async function advance(): Promise<void> {
  await fetch(`${product.simulators.flux}/_control/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: 5 }),
  });
}

/** The simulator's newest job, which we were never told of. */
async function newestTask(): Promise<string> {
  for (;;) {
    await advance();
    const answer = await fetch(`${product.simulators.flux}/_control/tally`);
    const { uses } = (await answer.json()) as { uses: { id: string }[] };
    if (uses.length > seenUses) {
      seenUses = uses.length;
      return uses.at(-1)!.id;
    }
  }
}
let seenUses = 0;
