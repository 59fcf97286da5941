import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPools, type Pools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { newId } from '#server/database/ids.ts';
import { stopFor } from '#server/ledger/stops.ts';
import { aText, auditOf, finished, settledWallet, walletOf } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let staff: Visitor;
let pools: Pools;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  staff = await theStaff(product);
  const secret = readFileSync(join(product.dataDir, 'app.secret'), 'utf8').trim();
  const postgres = await startEmbeddedPostgres(join(product.dataDir, 'postgres'));
  const admin = { ...postgres.admin, database: 'mluen' };
  pools = openPools({ admin, base: { host: postgres.host, database: 'mluen' } }, secret, () => undefined);
});
afterAll(async () => {
  await pools.end();
  await discard(product);
});

const chat = (content: string) =>
  fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openai/gpt-6-luna',
      messages: [{ role: 'user', content }],
      stream: true,
    }),
  });

test('while payments are stopped nothing new is held; what was running is delivered, and charged once they go on', async () => {
  const before = await settledWallet(member);
  const answer = chat('[sandbox:words=40] [sandbox:latency=4000] Books');
  while ((await walletOf(member)).held === 0n) await delay(20);
  const found = { invariant: 'I1', account: null, transfer: null, currency: 'USD', message: 'a test' };
  expect(await stopFor(pools, [found])).toEqual(['USD']);

  const refused = await chat('Nothing is held for this');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('300');
  expect(await refused.json()).toMatchObject({ error: { code: 'posting_paused' } });
  const ask = { fileIds: [], ...aText('Nor for this') };
  const quote = await member.call<{ quote: string }>('POST', '/api/quotes', ask);
  const started = await member.call<{ type: string }>('POST', '/api/generations', {
    id: newId(),
    quote: quote.json.quote,
    ask,
  });
  expect(started).toMatchObject({ status: 503, json: { type: '/problems/posting-paused' } });
  expect((await staff.call('GET', '/health/books')).json).toMatchObject({ stopped: ['USD'] });

  // All of the answer comes, and its hold stays.
  const running = await answer;
  expect(running.status).toBe(200);
  expect(await running.text()).toContain('[DONE]');
  expect((await walletOf(member)).held).toBeGreaterThan(0n);

  const lift = { currency: 'USD', reason: 'the test has seen enough' };
  expect((await staff.call('POST', '/api/console/ledger/stops/lift', lift)).json).toEqual({ items: [] });
  const { chargedMicro, state } = await finished(member, running.headers.get('x-mluen-generation')!);
  expect(state).toBe('settled');
  expect(BigInt(chargedMicro)).toBeGreaterThan(0n);
  expect(await settledWallet(member)).toEqual({
    available: before.available - BigInt(chargedMicro),
    held: 0n,
  });
  expect((await chat('And on it goes')).status).toBe(200);
  await settledWallet(member);
  expect(await auditOf(staff)).toEqual({ ok: true, findings: [] });
});
