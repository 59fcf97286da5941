import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { endTerms } from '#server/privacy/erasure/end-of-term.ts';
import { keptAfter } from '#server/privacy/erasure/kept.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { type PrivacyWorld, plantEverywhere, privacyWorld } from '#tests/support/privacy.ts';

const database = testDatabase();
let world: PrivacyWorld;
beforeAll(async () => {
  world = await privacyWorld(database(), { withoutRules: true });
});
afterAll(() => world.close());

/** A person of whom every table held something, erased now; the country is set to that one. */
async function anErasedPerson(country: string): Promise<{ person: string; erasedAt: Date }> {
  const { person } = await plantEverywhere(database(), world);
  await asSuperuser(database(), (client) =>
    client.query('update identity.member set country = $2 where id = $1', [person, country]),
  );
  const asked = await world.app.call(person, 'POST', '/api/privacy/erasure', { confirm: 'erase', now: true });
  expect(asked.status).toBe(200);
  const erasedAt = await vi.waitFor(
    async () => {
      await world.hurry();
      const row = await asService(database().pools, (tx) =>
        tx.selectFrom('privacy.erasure').selectAll().where('userId', '=', person).executeTakeFirstOrThrow(),
      );
      expect(row.state).toBe('erased');
      return row.erasedAt!;
    },
    { timeout: 15_000, interval: 100 },
  );
  return { person, erasedAt };
}

/** Where rows of the person are, of the tables that the inventory names. */
async function tablesWith(person: string): Promise<string[]> {
  const { personal } = world.parts.inventory;
  const tables = new Map(personal.map(({ table, person: column = 'user_id' }) => [table, column]));
  return asSuperuser(database(), async (client) => {
    const found: string[] = [];
    for (const [table, column] of tables) {
      const { rows } = await client.query(`select 1 from ${table} where ${column} = $1 limit 1`, [person]);
      if (rows.length > 0) found.push(table);
    }
    return found.sort();
  });
}

const neverGo = (tables: string[]) => tables.filter((table) => /^(ledger|audit)\./.test(table));
const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000);

test.each(['GB', 'KE'])(
  '8.1 8.3 in %s what stays is kept to the last day of its term, and gone the day after',
  async (country) => {
    const { person, erasedAt } = await anErasedPerson(country);
    const before = await tablesWith(person);
    expect(before).toEqual(
      expect.arrayContaining(['payments.money_in', 'payments.top_up', 'privacy.acceptance']),
    );
    const terms = new Map(
      keptAfter(world.parts.inventory, country, erasedAt).map(({ what, until }) => [what, until]),
    );
    const consent = terms.get('privacy.acceptance')!;
    const receipts = terms.get('payments.money_in')!;
    expect(consent < receipts).toBe(true);

    await endTerms(world.parts, new Date(`${consent}T23:00:00Z`));
    expect(await tablesWith(person)).toEqual(before);
    await endTerms(world.parts, dayAfter(consent));
    const later = await tablesWith(person);
    expect(later).not.toContain('privacy.acceptance');
    expect(later).toContain('payments.money_in');

    await endTerms(world.parts, new Date(`${receipts}T23:00:00Z`));
    expect(await tablesWith(person)).toEqual(later);
    await endTerms(world.parts, dayAfter(receipts));
    expect(await tablesWith(person)).toEqual(neverGo(before));
  },
  60_000,
);

test('8.1 the term of one person ends nothing of another, and nothing of who is still here', async () => {
  const gone = await anErasedPerson('KE');
  const { person: here } = await plantEverywhere(database(), world);
  const before = await tablesWith(here);
  await endTerms(world.parts, new Date(gone.erasedAt.getTime() + 40 * 365 * 86_400_000));
  expect(await tablesWith(gone.person)).not.toContain('payments.top_up');
  expect(await tablesWith(here)).toEqual(before);
}, 60_000);
