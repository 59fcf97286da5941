import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#server/log.ts';
import { cookieRegistry } from '#server/privacy/cookies.ts';
import { publishedPolicies } from '#server/privacy/policy.ts';
import { privacyRoutes } from '#server/privacy/routes.ts';
import { testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type PrivacyWorld, privacyWorld } from '#tests/support/privacy.ts';

const database = testDatabase();
let world: PrivacyWorld;
beforeAll(async () => {
  world = await privacyWorld(database());
});
afterAll(() => world.close());

const page = async (document: string, from = world.app) =>
  (await from.call(null, 'GET', `/api/policies/${document}`)).json;

test('0.2 0.3 1.1 the policy shows version, date and controller to everyone, from data', async () => {
  const privacy = await page('privacy');
  expect(privacy).toMatchObject({
    document: 'privacy',
    version: publishedPolicies.privacy[0]!.version,
    lastUpdated: publishedPolicies.privacy[0]!.lastUpdated,
    operator: { name: 'Operator of the tests', address: 'Street 1', contact: 'privacy@example.org' },
  });
  const text = JSON.stringify(privacy.sections);
  expect(text).toContain('not legal advice');
  expect((await page('terms')).sections.length).toBeGreaterThan(3);
});

test('0.2 a new version changes the page and its date', async () => {
  const next = { version: '2', lastUpdated: '2027-02-03', material: false, sections: [] };
  const parts = {
    ...world.parts,
    policies: { ...publishedPolicies, privacy: [next, ...publishedPolicies.privacy] },
  };
  const later = await testApp(createLog('silent'), (app, guards) => privacyRoutes(app, parts, guards));
  expect(await page('privacy', later)).toMatchObject({
    version: '2',
    lastUpdated: '2027-02-03',
    sections: [],
  });
  await later.close();
});

test('0.2 every clause of the policy stands there once, in order', async () => {
  const { sections } = await page('privacy');
  const clauses = sections.flatMap(({ paragraphs }: { paragraphs: { clause: string }[] }) =>
    paragraphs.map(({ clause }) => clause),
  );
  const expected: [number, number][] = [
    [0, 3],
    [1, 2],
    [2, 7],
    [3, 11],
    [4, 2],
    [5, 9],
    [6, 4],
    [7, 2],
    [8, 3],
    [9, 9],
    [10, 6],
    [11, 2],
    [12, 3],
    [13, 1],
    [14, 1],
  ];
  expect(clauses).toEqual(
    expected.flatMap(([section, last]) => Array.from({ length: last }, (_, n) => `${section}.${n + 1}`)),
  );
});

test('12.1 every cookie and storage item is listed once, with purpose and life', async () => {
  const { items } = (await world.app.call(null, 'GET', '/api/cookies')).json;
  expect(items).toEqual(cookieRegistry);
  expect(new Set(items.map(({ name }: { name: string }) => name)).size).toBe(items.length);
  for (const { name, where, purpose, life } of items) {
    expect([purpose, life].every((text) => text.length > 5)).toBe(true);
    // A cookie that another site or path could set would not be ours alone.
    if (where === 'cookie') expect(name).toMatch(/^__Host-mluen\./);
  }
});
