import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import {
  currentDocuments,
  recordAcceptance,
  requireAcceptance,
  toAccept,
} from '#server/privacy/acceptance.ts';
import { type Policies, publishedPolicies } from '#server/privacy/policy.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { paymentWorld } from '#tests/support/payments.ts';

const database = testDatabase();

const nextTerms = (material: boolean): Policies => ({
  ...publishedPolicies,
  terms: [{ version: 'next', lastUpdated: '2027-01-01', material, sections: [] }, ...publishedPolicies.terms],
});

test('0.1 a person who accepted nothing must accept terms and privacy policy, then nothing more', async () => {
  const member = newId();
  await asMember(database().pools, member, async (tx) => {
    expect(await requireAcceptance(tx, member)).toBe('acceptance-required');
    expect((await toAccept(tx, member)).map(({ document }) => document)).toEqual(['terms', 'privacy']);
    await recordAcceptance(tx, member, currentDocuments(), 'banner');
    await recordAcceptance(tx, member, currentDocuments(), 'banner');
    expect(await requireAcceptance(tx, member)).toBe('accepted');
  });
});

test('0.1 a material change asks again, another change does not', async () => {
  const member = newId();
  await asService(database().pools, async (tx) => {
    await recordAcceptance(tx, member, currentDocuments(), 'sign-up');
    expect(await toAccept(tx, member, nextTerms(false))).toEqual([]);
    expect(await toAccept(tx, member, nextTerms(true))).toEqual([{ document: 'terms', version: 'next' }]);
  });
});

test('0.1 nobody can accept a version that is not in force, or for someone else', async () => {
  const member = newId();
  const other = newId();
  await asMember(database().pools, member, (tx) =>
    expect(
      recordAcceptance(tx, member, [{ document: 'terms', version: 'made up' }], 'banner'),
    ).rejects.toThrow('not in force'),
  );
  const forOther = asMember(database().pools, member, (tx) =>
    recordAcceptance(tx, other, currentDocuments(), 'banner'),
  );
  await expect(forOther).rejects.toThrow(/row-level security/);
});

test('0.1 a person who has not accepted can look at a top-up but not ask for one', async () => {
  const world = await paymentWorld(database());
  const ask = (member: string) =>
    world.app.call(member, 'POST', '/api/top-ups', { id: newId(), amountMicro: '5000000' });
  const refused = await ask(await aPerson(database(), { accepted: false }));
  expect([refused.status, refused.json.type]).toEqual([403, '/problems/acceptance-required']);
  expect((await ask(await aPerson(database()))).status).toBe(200);
  await world.close();
});
