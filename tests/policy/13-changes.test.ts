import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { currentDocuments, recordAcceptance, requireAcceptance } from '#server/privacy/acceptance.ts';
import { announceChanges } from '#server/privacy/announce.ts';
import { type Policies, publishedPolicies } from '#server/privacy/policy.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type PrivacyWorld, privacyWorld } from '#tests/support/privacy.ts';

const database = testDatabase();
let world: PrivacyWorld;
beforeAll(async () => {
  world = await privacyWorld(database());
});
afterAll(() => world.close());

const changed = (version: string, material: boolean): Policies => ({
  ...publishedPolicies,
  privacy: [{ version, lastUpdated: '2027-02-03', material, sections: [] }, ...publishedPolicies.privacy],
});
const mailsTo = (member: string) =>
  asService(database().pools, (tx) =>
    tx
      .selectFrom('mail.outbox')
      .select('subject')
      .where('personId', '=', member)
      .where('kind', '=', 'policy-change')
      .execute(),
  );

test('13.1 a material change is told to each member once, however often and at once it is announced', async () => {
  const members = await Promise.all(Array.from({ length: 5 }, () => aPerson(database())));
  const parts = { ...world.parts, policies: changed('2', true) };
  await Promise.all([announceChanges(parts), announceChanges(parts), announceChanges(parts)]);
  await announceChanges(parts);
  for (const member of members)
    expect(await mailsTo(member)).toEqual([{ subject: 'A change of our privacy policy' }]);
});

test('13.1 until it is accepted nothing new can be started; who has accepted is not written to', async () => {
  const member = await aPerson(database());
  const policies = changed('3', true);
  await asService(database().pools, async (tx) => {
    expect(await requireAcceptance(tx, member, policies)).toBe('acceptance-required');
    await recordAcceptance(tx, member, currentDocuments(policies), 'banner', policies);
    expect(await requireAcceptance(tx, member, policies)).toBe('accepted');
  });
  await announceChanges({ ...world.parts, policies });
  expect(await mailsTo(member)).toEqual([]);
});

test('13.1 a change that is not material, and the first version, bother nobody', async () => {
  const member = await aPerson(database(), { accepted: false });
  expect(await announceChanges(world.parts)).toBe(0);
  expect(await announceChanges({ ...world.parts, policies: changed('4', false) })).toBe(0);
  expect(await mailsTo(member)).toEqual([]);
});
