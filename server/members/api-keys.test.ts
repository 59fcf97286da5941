import { afterAll, beforeAll, expect, test } from 'vitest';
import { asIdentity } from '#server/database/transaction.ts';
import { type Live, openLive } from '#server/live/live.ts';
import { createLog } from '#server/log.ts';
import { aPerson } from '#tests/support/app.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { createApiKey, listApiKeys, openApiKeys, revokeApiKey } from './api-keys.ts';
import { endCredentials } from './leaving.ts';

const database = testDatabase();
const log = createLog('silent');
/** Two processes, each with its own ear at the database. */
let processes: Live[];
beforeAll(async () => {
  const { address, pools, secret } = database();
  processes = [await openLive(address, pools, secret, log), await openLive(address, pools, secret, log)];
});
afterAll(async () => {
  for (const one of processes) await one.close();
});

const doors = () => processes.map((live) => openApiKeys(database().pools, live));
const heard = (topic: string) =>
  Promise.all(processes.map((live) => new Promise((resolve) => live.on(topic, resolve))));
const asked = { name: 'laptop', expiresAt: null };

test('a key is shown once, is known by its beginning, and only its hash is kept', async () => {
  const { pools } = database();
  const memberId = await aPerson(database());
  const { key, secret } = await createApiKey(pools, memberId, asked);
  expect(secret).toMatch(/^mlu_[0-9A-Za-z]{49}$/);
  expect(key).toMatchObject({
    name: 'laptop',
    prefix: secret.slice(0, 10),
    lastUsedAt: null,
    revokedAt: null,
  });
  const dump = await asSuperuser(
    database(),
    async (client) => (await client.query('select k::text as line from identity.api_key k')).rows,
  );
  expect(JSON.stringify(dump)).not.toContain(secret.slice(10));
});

test('a key finds its member, and the use is noted', async () => {
  const { pools } = database();
  const memberId = await aPerson(database());
  const { key, secret } = await createApiKey(pools, memberId, asked);
  for (const door of doors()) expect(await door.find(secret)).toEqual({ memberId, keyId: key.id });
  expect((await listApiKeys(pools, memberId))[0]!.lastUsedAt).not.toBeNull();
});

test('what is no key of ours is none: mistyped, made up, empty', async () => {
  const { secret } = await createApiKey(database().pools, await aPerson(database()), asked);
  const [door] = doors();
  const mistyped = secret.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
  for (const wrong of [
    mistyped,
    secret.slice(1),
    '',
    'mlu_',
    `${secret}x`,
    `sk-${secret}`,
    'mlu_'.padEnd(53, '0'),
  ])
    expect(await door!.find(wrong)).toBeNull();
});

test('10.3 a revoked key is dead in every process at once, although both had just used it', async () => {
  const { pools } = database();
  const memberId = await aPerson(database());
  const { key, secret } = await createApiKey(pools, memberId, asked);
  const both = doors();
  for (const door of both) expect(await door.find(secret)).not.toBeNull();
  const told = heard('api-key');
  expect(await revokeApiKey(pools, memberId, key.id)).toBe(true);
  await told;
  for (const door of both) expect(await door.find(secret)).toBeNull();
});

test('an expired key is dead', async () => {
  const { pools } = database();
  const memberId = await aPerson(database());
  const { secret } = await createApiKey(pools, memberId, {
    name: 'old',
    expiresAt: new Date(Date.now() - 1).toISOString(),
  });
  expect(await doors()[0]!.find(secret)).toBeNull();
});

test('nobody revokes the key of another', async () => {
  const { pools } = database();
  const { key, secret } = await createApiKey(pools, await aPerson(database()), asked);
  expect(await revokeApiKey(pools, await aPerson(database()), key.id)).toBe(false);
  expect(await doors()[0]!.find(secret)).not.toBeNull();
});

test('when an account closes, all its keys die everywhere', async () => {
  const { pools } = database();
  const memberId = await aPerson(database());
  const keys = [await createApiKey(pools, memberId, asked), await createApiKey(pools, memberId, asked)];
  const both = doors();
  for (const { secret } of keys) for (const door of both) expect(await door.find(secret)).not.toBeNull();
  const told = heard('api-key');
  await asIdentity(pools, (tx) => endCredentials(tx, memberId));
  await told;
  for (const { secret } of keys) for (const door of both) expect(await door.find(secret)).toBeNull();
});
