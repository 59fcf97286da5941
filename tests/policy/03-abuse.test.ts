import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { aPrivatePerson, type PrivatePerson } from '#tests/support/a-private-person.ts';
import { asSuperuser } from '#tests/support/database.ts';
import {
  aVisitor,
  databaseOf,
  discard,
  type Product,
  startProduct,
  theMember,
} from '#tests/support/product.ts';

let product: Product;
let person: PrivatePerson;
beforeAll(async () => {
  product = await startProduct({ TRUST_PROXY: '127.0.0.1' });
  person = await aPrivatePerson(product, 5);
}, 90_000);
afterAll(() => discard(product));

/** Someone elsewhere; answers the status. */
async function signInFrom(ip: string, email: string, password: string): Promise<number> {
  const answer = await aVisitor(product.url).raw('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
    body: JSON.stringify({ email, password }),
  });
  return answer.status;
}

test('3.7 a script that guesses a password is stopped; the person whose it is comes in from elsewhere', async () => {
  const guesses: number[] = [];
  for (let guess = 0; guess < 12; guess++)
    guesses.push(await signInFrom('198.51.100.7', person.marks.address!, `guess number ${guess}`));
  expect(guesses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(new Set(guesses.slice(5))).toEqual(new Set([429]));
  // Not even the right one any more, from there.
  expect(await signInFrom('198.51.100.7', person.marks.address!, person.password)).toBe(429);
  expect(await signInFrom('203.0.113.9', person.marks.address!, person.password)).toBe(200);
});

test('3.7 a script that has us write to many addresses is stopped by its network; others are not', async () => {
  const writeTo = async (ip: string, email: string) => {
    const answer = await aVisitor(product.url).raw('/api/auth/email-otp/request-password-reset', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
      body: JSON.stringify({ email }),
    });
    return answer.status;
  };
  const tries: number[] = [];
  // From one house to the next: an address of the same network is the same script.
  for (let at = 0; at < 80; at++) tries.push(await writeTo(`192.0.2.${at + 1}`, `stranger${at}@example.com`));
  expect(tries.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200));
  expect(tries.slice(-10)).toEqual(Array.from({ length: 10 }, () => 429));
  expect(await writeTo('203.0.113.9', person.marks.address!)).toBe(200);
});

test('3.7 a script that opens payment pages to test stolen cards is stopped; other members pay on', async () => {
  const ask = (visitor: { call: PrivatePerson['visitor']['call'] }) =>
    visitor.call('POST', '/api/top-ups', { id: newId(), amountMicro: '1000000' });
  const asked: number[] = [];
  for (let at = 0; at < 40; at++) asked.push((await ask(person.visitor)).status);
  expect(asked.filter((status) => status === 429).length).toBeGreaterThanOrEqual(10);
  expect(asked.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200));
  expect((await ask(await theMember(product))).status).toBe(200);
  const opened = await asSuperuser(await databaseOf(product), async (client) => {
    const { rows } = await client.query('select 1 from payments.top_up where user_id = $1', [
      person.marks.id,
    ]);
    return rows.length;
  });
  expect(opened).toBe(1 + asked.filter((status) => status === 200).length);
});

test('3.7 a refusal says when to come back', async () => {
  const answer = await person.visitor.call<{ type: string; retryAfterSeconds: number }>(
    'POST',
    '/api/top-ups',
    {
      id: newId(),
      amountMicro: '1000000',
    },
  );
  expect(answer.json.type).toBe('/problems/too-many-requests');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});
