import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { aPrivatePerson, type PrivatePerson } from '#tests/support/a-private-person.ts';
import { asSuperuser } from '#tests/support/database.ts';
import { databaseOf, discard, type Product, startProduct } from '#tests/support/product.ts';
import { everyFile, everyRow } from '#tests/support/search.ts';

let product: Product;
let person: PrivatePerson;
beforeAll(async () => {
  product = await startProduct({ TRUST_PROXY: '127.0.0.1', LOG_LEVEL: 'info' });
  person = await aPrivatePerson(product, 5);
}, 90_000);
afterAll(() => discard(product));

/** In which tables and files this text is, and in what was printed. */
async function placesOf(mark: string): Promise<string[]> {
  const found = [
    ...(await everyRow(await databaseOf(product))),
    ...everyFile(product.dataDir),
    { where: 'log', text: product.output() },
  ];
  return [...new Set(found.filter(({ text }) => text.includes(mark)).map(({ where }) => where))];
}

test('2.5 who only looks leaves no trace: no address, no browser, no page is written down anywhere', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.23', 'user-agent': 'PassingVisitor/1.0' };
  for (const path of ['/', '/models', '/legal/privacy', '/api/models', '/api/policies/privacy', '/sign-in'])
    expect((await fetch(product.url + path, { headers })).status).toBe(200);
  expect(await placesOf('198.51.100.23')).toEqual([]);
  expect(await placesOf('PassingVisitor')).toEqual([]);
});

test('2.5 of a member, address and browser are written with the session and nowhere else', async () => {
  for (const path of ['/chat', '/history', '/wallet', '/settings/privacy'])
    expect((await person.visitor.raw(path)).status).toBe(200);
  expect(await placesOf(person.marks.ip!)).toEqual(['identity.session']);
  expect(await placesOf(person.marks.browser!)).toEqual(['identity.session']);
  expect(await placesOf('/settings/privacy')).toEqual([]); // no list of pages
});

test('2.5 a person sees the own visits', async () => {
  const sessions = await person.visitor.call<{
    items: { current: boolean; browser: string; device: string; lastSeenAt: string }[];
  }>('GET', '/api/me/sessions');
  expect(sessions.json.items).toHaveLength(1);
  expect(sessions.json.items[0]).toMatchObject({ current: true, device: expect.any(String) });
});

test('2.5 thirty days after a session has ended, address and browser are gone', async () => {
  const database = await databaseOf(product);
  const endedFor = (days: number) =>
    asSuperuser(database, async (client) => {
      await client.query(
        `update identity.session set expires_at = now() - make_interval(days => $1::int) where ip = $2`,
        [days, person.marks.ip],
      );
      // As the schedule would: it runs each night.
      await client.query(`select mluen.add_job('members.tidy', '{}'::json, 'a tidying of the test', now())`);
    });
  const tidied = () =>
    asSuperuser(database, async (client) => {
      const { rows } = await client.query(
        `select 1 from jobs._private_jobs where key = 'a tidying of the test'`,
      );
      expect(rows).toEqual([]);
    });
  await endedFor(29);
  await vi.waitFor(tidied, { timeout: 20_000, interval: 200 });
  expect(await placesOf(person.marks.ip!)).toEqual(['identity.session']);
  await endedFor(31);
  await vi.waitFor(tidied, { timeout: 20_000, interval: 200 });
  expect(await placesOf(person.marks.ip!)).toEqual([]);
  expect(await placesOf(person.marks.browser!)).toEqual([]);
});
