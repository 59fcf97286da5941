import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getGeneration, listGenerations } from '#contract/generations.ts';
import { createTopUp, getWallet } from '#contract/wallet.ts';
import { call, Refused } from './call.ts';

const seen: { method?: string; url?: string; body: string }[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    seen.push({ method: request.method, url: request.url, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
});
const realFetch = globalThis.fetch;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  // A browser resolves paths against its page; Node needs the origin.
  globalThis.fetch = (input, init) => realFetch(`http://127.0.0.1:${port}${String(input)}`, init);
});
afterAll(() => {
  globalThis.fetch = realFetch;
  server.close();
});

test('money comes back as a bigint', async () => {
  answer = {
    status: 200,
    body: { currency: 'USD', availableMicro: '4200000', heldMicro: '0', promoMicro: '1', gifts: [] },
  };
  expect(await call(getWallet)).toEqual({
    currency: 'USD',
    availableMicro: 4_200_000n,
    heldMicro: 0n,
    promoMicro: 1n,
    gifts: [],
  });
});

test('what belongs to the path, the query and the body goes there', async () => {
  answer = { status: 200, body: { items: [], next: null } };
  await call(listGenerations, { limit: 30, kind: 'image' });
  expect(seen.at(-1)?.url).toBe('/api/generations?limit=30&kind=image');
  answer = { status: 404, body: {} };
  await expect(call(getGeneration, { id: '01936f3e-0000-7000-8000-000000000000' })).rejects.toThrow();
  expect(seen.at(-1)?.url).toBe('/api/generations/01936f3e-0000-7000-8000-000000000000');
  await expect(
    call(createTopUp, { id: '01936f3e-0000-7000-8000-000000000000', amountMicro: 5_000_000n }),
  ).rejects.toThrow();
  expect(JSON.parse(seen.at(-1)!.body)).toEqual({
    id: '01936f3e-0000-7000-8000-000000000000',
    amountMicro: '5000000',
  });
});

test('a problem is thrown with its slug and what it says', async () => {
  answer = {
    status: 402,
    body: { type: '/problems/insufficient-funds', title: 'x', status: 402, missingMicro: '350000' },
  };
  const refused = await call(getWallet).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).slug).toBe('insufficient-funds');
  expect((refused as Refused).problem.missingMicro).toBe('350000');
});

test('an answer that is no problem of ours becomes one', async () => {
  answer = { status: 500, body: 'x' };
  const refused = (await call(getWallet).catch((error: unknown) => error)) as Refused;
  expect(refused.slug).toBe('server-error');
});
