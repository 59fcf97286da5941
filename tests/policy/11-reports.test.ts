import { expect, test, vi } from 'vitest';
import { asMember, asService, asStaff } from '#server/database/transaction.ts';
import { aPayment, quiet } from '#tests/support/clearing.ts';
import { contactStage } from '#tests/support/contact.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { paymentWorld } from '#tests/support/payments.ts';

const { database, world, anAddress, aMember, write, read, act } = contactStage();

test('11.2 a report of a child’s account: suspended, found true, erased, and paid back by finance', async () => {
  const child = await aMember();
  await aWallet(database().pools, { memberId: child, cash: usd('7') });
  const report = {
    topic: 'child',
    text: 'My pupil is eleven',
    address: anAddress(),
    reportedAddress: `${child}@example.org`,
  };
  const { id } = (await write(null, report, await world().another())).json;
  expect((await read(id)).reportedAddress).toBe(report.reportedAddress);
  expect((await act(id, 'child/erasure', { reason: 'too early' })).status).toBe(409);
  expect((await act(id, 'child/suspension', { reason: 'reported by a teacher' })).status).toBe(204);
  expect((await act(id, 'child/suspension', { reason: 'once more' })).status).toBe(409);
  const { pools } = database();
  const restricted = () =>
    asMember(pools, child, (tx) =>
      tx.selectFrom('privacy.restriction').select('cause').where('liftedAt', 'is', null).execute(),
    );
  expect(await restricted()).toEqual([{ cause: 'child-report' }]);
  await expect(
    asMember(pools, child, (tx) =>
      tx.updateTable('privacy.restriction').set({ liftedAt: new Date() }).execute(),
    ),
  ).rejects.toThrow(/by who may/);
  expect((await act(id, 'child/erasure', { reason: 'the school confirmed it' })).status).toBe(204);
  await vi.waitFor(
    async () => {
      await world().privacy.hurry();
      expect((await read(id)).child).toMatchObject({
        erasure: 'erased',
        refundMicro: '7000000',
        emailMasked: null,
      });
    },
    { timeout: 20_000, interval: 300 },
  );
  const gone = await asService(pools, (tx) =>
    tx.selectFrom('identity.member').select('id').where('id', '=', child).execute(),
  );
  expect(gone).toEqual([]);
  const back = { reference: 're_123' };
  expect((await act(id, 'child/refund', back)).status).toBe(403);
  expect((await act(id, 'child/refund', back, `${world().staffId};finance`)).status).toBe(204);
  expect((await act(id, 'child/refund', back, `${world().staffId};finance`)).status).toBe(409);
  const done = await asStaff(pools, 'auditor', world().staffId, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['action', 'actorId'])
      .where('subjectId', '=', child)
      .where('actorId', '=', world().staffId)
      .orderBy('at')
      .execute(),
  );
  expect(done.map(({ action }) => action)).toEqual([
    'support.child.suspend',
    'support.child.erase',
    'privacy.erasure.ask',
    'support.child.refund',
  ]);
});

test('11.2 a report that is not true is lifted, and the account goes on', async () => {
  const adult = await aMember();
  const { id } = (await write(await aMember(), { topic: 'child', text: 'I think this is a child' })).json;
  const unnamed = await act(id, 'child/suspension', { reason: 'reported' });
  expect([unnamed.status, unnamed.json.detail]).toEqual([409, expect.stringMatching(/names no address/)]);
  const suspension = { reason: 'reported', address: `${adult}@example.org` };
  expect((await act(id, 'child/suspension', suspension)).status).toBe(204);
  expect(
    (await act(id, 'child/suspension', { reason: 'showed a passport' }, world().supporter, 'DELETE')).status,
  ).toBe(204);
  expect((await act(id, 'child/erasure', { reason: 'by mistake' })).status).toBe(409);
  const left = await asMember(database().pools, adult, (tx) =>
    tx.selectFrom('privacy.restriction').select('id').where('liftedAt', 'is', null).execute(),
  );
  expect(left).toEqual([]);
  expect((await read(id)).child).toMatchObject({ erasure: 'none', liftedAt: expect.any(String) });
});

test('11.2 the child’s money goes back to the card that paid it, before the account is erased', async () => {
  const cards = await paymentWorld(database());
  try {
    world().parts.payments = cards.payments;
    const child = await aMember();
    await aPayment(database(), cards, 20, { member: child });
    const address = `${child}@example.org`;
    const { id } = (await write(await aMember(), { topic: 'child', reportedAddress: address })).json;
    expect((await act(id, 'child/suspension', { reason: 'reported by a parent' })).status).toBe(204);
    expect((await act(id, 'child/erasure', { reason: 'the parent showed it' })).status).toBe(204);
    expect((await cards.objects('refund')).map(({ amount }) => amount)).toEqual([2000]);
    expect((await read(id)).child).toMatchObject({ refundMicro: '0', refundReference: null });
    await quiet(database());
  } finally {
    await cards.close();
  }
});
