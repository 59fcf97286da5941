import { verify } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { KeyDestroyed } from '#server/artifacts/vault.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asService } from '#server/database/transaction.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { openLive } from '#server/live/live.ts';
import { createLog } from '#server/log.ts';
import { hashPassword } from '#server/members/password.ts';
import { askForErasure } from '#server/privacy/erasure/ask.ts';
import { workOnErasure } from '#server/privacy/erasure/erase.ts';
import { stays } from '#server/privacy/erasure/kept.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { FILE_MARKER, type PrivacyWorld, plantEverywhere, privacyWorld } from '#tests/support/privacy.ts';
import { everyFile, everyRow, type Found } from '#tests/support/search.ts';

const database = testDatabase();
const lines: string[] = [];
const log = createLog('debug', { write: (line) => void lines.push(line) });
let world: PrivacyWorld;
beforeAll(async () => {
  world = await privacyWorld(database(), { log, withoutRules: true });
});
afterAll(() => world.close());

const DAY_MS = 24 * 60 * 60_000;
const erasureOf = (member: string) =>
  asService(database().pools, (tx) =>
    tx
      .selectFrom('privacy.erasure')
      .selectAll()
      .where('userId', '=', member)
      .orderBy('askedAt', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );
const ask = (member: string, body: object = { confirm: 'erase' }) =>
  world.app.call(member, 'POST', '/api/privacy/erasure', body);
const erased = (member: string) =>
  vi.waitFor(
    async () => {
      await world.hurry();
      expect((await erasureOf(member))?.state).toBe('erased');
    },
    { timeout: 10_000, interval: 100 },
  );
/** Everything that a thief of the whole machine would search. */
async function everything(): Promise<Found[]> {
  log.flush();
  return [
    ...(await everyRow(database())),
    ...everyFile(world.dir),
    ...lines.map((text) => ({ where: 'log', text })),
  ];
}

test('9.3 8.2 after erasure nothing of the person is left but what is declared to stay', async () => {
  const { person, markers } = await plantEverywhere(database(), world);
  await asService(database().pools, async (tx) => {
    const payload = JSON.stringify({ userId: person, topUpId: newId() });
    await sql`select mluen.add_job('payments.check', ${payload}::json, 'a key', '2100-01-01')`.execute(tx);
  });
  expect((await world.app.call(person, 'POST', '/api/privacy/exports', {})).status).toBe(200);
  const before = await everything();
  const visible = [...markers.values()].filter((marker) => before.some(({ text }) => text.includes(marker)));
  expect(visible.length).toBeGreaterThan(40);

  expect((await ask(person, { confirm: 'erase', now: true })).status).toBe(200);
  await erased(person);

  const after = await everything();
  const staying = new Set(
    world.parts.inventory.personal
      .filter((entry) => stays(entry) && entry.sealed === undefined)
      .flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`)),
  );
  const left = [...markers].flatMap(([column, marker]) =>
    after.filter(({ text }) => text.includes(marker)).map(({ where }) => ({ column, where })),
  );
  expect(left.filter((one) => !staying.has(one.column) && !isDocumented(one))).toEqual([]);
  expect(after.filter(({ text }) => text.includes(FILE_MARKER))).toEqual([]);
  expect(after.filter(({ where, text }) => where.startsWith('jobs.') && text.includes(person))).toEqual([]);
  expect(everyFile(`${world.dir}/files`)).toEqual([]);
  await expect(world.parts.vault.keyOf(person)).rejects.toThrow(KeyDestroyed);
});

/** Which providers hold something goes on the certificate; the country decides how long the tombstone is kept. */
function isDocumented({ column, where }: { column: string; where: string }): boolean {
  if (column === 'generations.generation.sent_to')
    return where === 'privacy.certificate' || where === 'privacy.erasure_step';
  return column === 'identity.member.country' && where === 'privacy.erasure';
}

test('9.3 the certificate says what went and what stays, and anyone can verify it', async () => {
  const { person } = await plantEverywhere(database(), world);
  await ask(person, { confirm: 'erase', now: true });
  await erased(person);
  const { id } = (await erasureOf(person))!;
  const { status, json } = await world.app.call(null, 'GET', `/api/erasures/${id}`);
  expect(status).toBe(200);
  const good = (body: string) =>
    verify(null, Buffer.from(body), json.publicKey, Buffer.from(json.signature, 'base64'));
  expect(good(json.body)).toBe(true);
  expect(good(json.body.replace('"format": 1', '"format": 2'))).toBe(false);
  const body = JSON.parse(json.body);
  expect(body.erased.rows['identity.member']).toBe(1);
  expect(body.erased.files['artifacts.file']).toBe(1);
  expect(body.erased.bodies).toBeGreaterThan(0);
  expect(body.kept.map(({ what }: { what: string }) => what)).toContain('payments.money_in');
  expect((await world.app.call(null, 'GET', `/api/erasures/${newId()}`)).status).toBe(404);
});

test('9.3 the last mail leaves before the address goes, and goes with it', async () => {
  const email = `last-mail-${newId()}@example.org`;
  const member = await aPerson(database(), { email });
  await asService(database().pools, (tx) => world.parts.vault.createKey(tx, member));
  await ask(member, { confirm: 'erase', now: true });
  await erased(member);
  expect((await everything()).filter(({ text }) => text.includes(email))).toEqual([]);
  const steps = await asService(database().pools, (tx) =>
    tx.selectFrom('privacy.erasureStep').select(['step', 'found']).where('userId', '=', member).execute(),
  );
  expect(steps.find(({ step }) => step === 'last-mail')!.found).toHaveProperty('mailId');
});

test('9.3 every process forgets the key at once', async () => {
  const { person } = await plantEverywhere(database(), world);
  const live = await openLive(database().address, database().pools, database().secret, log);
  const forgotten = new Promise((resolve) => live.on('vault-key', resolve));
  await ask(person, { confirm: 'erase', now: true });
  await erased(person);
  expect(await forgotten).toBe(person);
  await live.close();
});

test('9.3 during the grace the account can be kept; nothing is erased before its end', async () => {
  const member = await aPerson(database());
  await asService(database().pools, (tx) => world.parts.vault.createKey(tx, member));
  const { json } = await ask(member);
  expect(new Date(json.erasureAt).getTime()).toBeGreaterThan(Date.now() + 13.9 * DAY_MS);
  const { id } = (await erasureOf(member))!;
  await workOnErasure(world.parts, id, new Date(Date.now() + 13 * DAY_MS));
  expect((await erasureOf(member))!.state).toBe('waiting');
  expect((await world.app.call(member, 'DELETE', '/api/privacy/erasure')).status).toBe(204);
  await workOnErasure(world.parts, id, new Date(Date.now() + 20 * DAY_MS));
  expect((await erasureOf(member))!.state).toBe('cancelled');
  expect((await world.app.call(member, 'DELETE', '/api/privacy/erasure')).status).toBe(404);
  await ask(member);
  expect((await erasureOf(member))!.state).toBe('waiting');
});

test('9.3 an erasure that is interrupted goes on where it stopped', async () => {
  const { person } = await plantEverywhere(database(), world);
  let failures = 2;
  const store = {
    ...world.parts.store,
    remove: async (ids: string[]) => {
      if (failures-- > 0) throw new Error('the store is away');
      await world.parts.store.remove(ids);
    },
  };
  await askForErasure(
    { ...world.parts, graceDays: 1 },
    { memberId: person, sessionId: newId(), now: false, requestId: 'r' },
  );
  const { id } = (await erasureOf(person))!;
  const later = (minutes: number) => new Date(Date.now() + DAY_MS + minutes * 60_000);
  const work = (minutes: number) => workOnErasure({ ...world.parts, store }, id, later(minutes));
  await vi.waitFor(() => expect(work(1)).rejects.toThrow('the store is away'), { timeout: 10_000 });
  await expect(work(2)).rejects.toThrow('the store is away');
  expect((await erasureOf(person))!.state).toBe('erasing');
  await expect(world.parts.vault.keyOf(person)).rejects.toThrow(KeyDestroyed);
  await work(3);
  expect((await erasureOf(person))!.state).toBe('erased');
});

test('9.3 a running generation is asked to stop and waited for', async () => {
  const { person } = await plantEverywhere(database(), world);
  const running = (finishedAt: Date | null) =>
    asService(database().pools, (tx) =>
      tx
        .updateTable('generations.generation')
        .set({ state: finishedAt === null ? 'running' : 'cancelled', finishedAt })
        .where('userId', '=', person)
        .execute(),
    );
  await running(null);
  await askForErasure(
    { ...world.parts, graceDays: 1 },
    { memberId: person, sessionId: newId(), now: false, requestId: 'r' },
  );
  const { id } = (await erasureOf(person))!;
  const at = new Date(Date.now() + DAY_MS + 1000);
  await workOnErasure(world.parts, id, at);
  const row = await asService(database().pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select('cancelAsked')
      .where('userId', '=', person)
      .executeTakeFirst(),
  );
  expect(row).toEqual({ cancelAsked: true });
  expect((await erasureOf(person))!.state).toBe('erasing');
  await running(at);
  await vi.waitFor(
    async () => {
      await workOnErasure(world.parts, id, at);
      expect((await erasureOf(person))!.state).toBe('erased');
    },
    { timeout: 10_000 },
  );
});

test('9.3 the preview says what will happen; the books keep the amounts without a name', async () => {
  const member = await aPerson(database(), { country: 'DE' });
  await asService(database().pools, async (tx) => {
    await world.parts.vault.createKey(tx, member);
    await creditTopUp(tx, {
      topUpId: newId(),
      memberId: member,
      amountMicro: usd('7'),
      source: { code: 1100, label: 'stripe' },
    });
  });
  const { json } = await world.app.call(member, 'GET', '/api/privacy/erasure');
  expect(json).toMatchObject({ availableMicro: '7000000', generations: 0, files: 0, sentTo: [] });
  const books = json.kept.find(({ what }: { what: string }) => what === 'the books of your wallet');
  expect(books.until).toBe(`${new Date().getUTCFullYear() + 10}-12-31`);
  await ask(member, { confirm: 'erase', now: true });
  await erased(member);
  const transfers = await asService(database().pools, (tx) =>
    tx.selectFrom('ledger.transfer').select('amount').where('userId', '=', member).execute(),
  );
  expect(transfers).toEqual([{ amount: usd('7') }]);
});

test('9.3 a stale session needs the password, and may not guess it', async () => {
  const member = await aPerson(database());
  const passwordHash = await hashPassword('correct horse battery');
  await asIdentity(database().pools, (tx) =>
    tx
      .insertInto('identity.signIn')
      .values({ userId: member, id: newId(), provider: 'credential', subject: member, passwordHash })
      .execute(),
  );
  const stale = `${member};stale`;
  expect((await ask(stale)).json.type).toBe('/problems/fresh-sign-in-required');
  for (let n = 0; n < 4; n++)
    expect((await ask(stale, { confirm: 'erase', password: 'wrong' })).json.type).toBe(
      '/problems/fresh-sign-in-required',
    );
  expect((await ask(stale, { confirm: 'erase', password: 'correct horse battery' })).status).toBe(200);
  expect((await ask(stale, { confirm: 'erase', password: 'wrong' })).json.type).toBe(
    '/problems/too-many-requests',
  );
  expect((await ask(member, { confirm: 'yes' })).status).toBe(400);
});

test('9.3 while a payment is on its way the account is not closed', async () => {
  const member = await aPerson(database());
  await asService(database().pools, (tx) =>
    tx
      .insertInto('payments.topUp')
      .values({
        userId: member,
        id: newId(),
        channel: 'card',
        state: 'pending',
        amountMicro: usd('5'),
        currency: 'USD',
        live: false,
        requestKey: newId(),
        expiresAt: new Date(),
      })
      .execute(),
  );
  expect((await ask(member)).json.type).toBe('/problems/not-possible-now');
});
