import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { aText, auditOf, run, settledWallet } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
let key: { id: string; secret: string };
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  const made = await member.call<{ key: { id: string }; secret: string }>('POST', '/api/keys', {
    name: 'bounded',
  });
  key = { id: made.json.key.id, secret: made.json.secret };
});
afterAll(async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
  await discard(product);
});

const chat = (secret: string, body: object = {}) =>
  fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openai/gpt-6-luna',
      messages: [{ role: 'user', content: 'How much is left?' }],
      max_completion_tokens: 200,
      ...body,
    }),
  });
const limitKey = (limit: object | null, id = key.id) =>
  member.call<{ limit: { limitMicro: string; usedMicro: string } | null }>('PUT', `/api/keys/${id}/limit`, {
    limit,
  });
const limitWallet = (limitMicro: string | null) => member.call('PUT', '/api/wallet/limit', { limitMicro });
interface Keys {
  items: { id: string; limit: { period: string; limitMicro: string; usedMicro: string } | null }[];
}
const listed = async () =>
  (await member.call<Keys>('GET', '/api/keys')).json.items.find(({ id }) => id === key.id)!.limit;

test('a key spends up to its limit and no further; another key goes on', async () => {
  expect((await limitKey({ period: 'total', limitMicro: '1000000' })).json.limit).toEqual({
    period: 'total',
    limitMicro: '1000000',
    usedMicro: '0',
  });
  const served = await chat(key.secret);
  expect(served.status).toBe(200);
  await served.json();
  await settledWallet(member);
  const spent = BigInt((await listed())!.usedMicro);
  expect(spent).toBeGreaterThan(0n);

  await limitKey({ period: 'total', limitMicro: (spent + 1n).toString() });
  const before = await settledWallet(member);
  const refused = await chat(key.secret);
  expect(refused.status).toBe(402);
  expect(refused.headers.get('x-should-retry')).toBe('false');
  const { error } = (await refused.json()) as { error: { type: string; code: string; message: string } };
  expect(error).toMatchObject({ type: 'insufficient_quota', code: 'cap_reached' });
  expect(error.message).toContain('leaves $0.000001');
  expect(await settledWallet(member)).toEqual(before);

  const other = await chat(product.member.apiKey);
  expect(other.status).toBe(200);
  await other.json();
  await settledWallet(member);
  expect(await listed()).toMatchObject({ usedMicro: spent.toString() });
  expect((await limitKey(null)).json.limit).toBeNull();
  expect((await chat(key.secret)).status).toBe(200);
});

test('a monthly limit of the wallet holds for the studio and every key; lifted, all goes on', async () => {
  expect((await limitWallet('0')).json).toEqual({ limitMicro: '0', usedMicro: '0' });
  const before = await settledWallet(member);
  const ask = { fileIds: [], ...aText('Within the limit?') };
  const quote = await member.call<{ quote: string }>('POST', '/api/quotes', ask);
  const id = newId();
  const refused = await member.call<{ type: string; availableMicro: string; missingMicro: string }>(
    'POST',
    '/api/generations',
    { id, quote: quote.json.quote, ask },
  );
  expect(refused.status).toBe(402);
  expect(refused.json).toMatchObject({ type: '/problems/cap-reached', availableMicro: '0' });
  expect(BigInt(refused.json.missingMicro)).toBeGreaterThan(0n);
  expect((await member.call('GET', `/api/generations/${id}`)).status).toBe(404);
  expect((await chat(product.member.apiKey)).status).toBe(402);
  expect(await settledWallet(member)).toEqual(before);

  await limitWallet('5000000');
  const { chargedMicro } = await run(member, aText('Within the limit.'));
  expect((await member.call('GET', '/api/wallet/limit')).json).toEqual({
    limitMicro: '5000000',
    usedMicro: chargedMicro,
  });
  expect((await limitWallet(null)).json).toEqual({ limitMicro: null, usedMicro: '0' });
});

test('only one’s own keys can be limited, and never below nothing', async () => {
  expect((await limitKey({ period: 'month', limitMicro: '1' }, newId())).status).toBe(404);
  expect((await limitKey({ period: 'month', limitMicro: '-1' })).status).toBe(400);
  expect((await limitWallet('-1')).status).toBe(400);
});
