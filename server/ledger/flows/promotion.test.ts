import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { createPromotionCode, redeemCode } from './promotion.ts';

const database = testDatabase();
const run = <T>(work: (tx: Tx<'service'>) => Promise<T>) => asService(database().pools, work);

test('a code gives its money once a member, and as often as it may be used', async () => {
  const code = `WELCOME-${newId()}`;
  const staff = newId();
  await run((tx) =>
    createPromotionCode(tx, {
      code,
      name: 'Welcome',
      amountMicro: usd('3'),
      uses: 2,
      redeemUntil: new Date(Date.now() + 60_000),
      lastsDays: 30,
      createdBy: staff,
    }),
  );
  const [first, second, third] = [newId(), newId(), newId()];
  const redeem = (memberId: string, text = code) => run((tx) => redeemCode(tx, { memberId, code: text }));
  // A double click: the second waits for the first and sees it.
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ')} `;
  const clicks = await Promise.all([redeem(first, typed), redeem(first)]);
  expect(clicks.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await redeem(staff)).toEqual({ ok: false, why: 'own_code' });
  expect(await redeem(first)).toEqual({ ok: false, why: 'redeemed_before' });
  expect(await redeem(second)).toMatchObject({ ok: true, amountMicro: usd('3') });
  expect(await redeem(third)).toEqual({ ok: false, why: 'used_up' });
  expect(await redeem(third, 'NO-SUCH-CODE')).toEqual({ ok: false, why: 'unknown_code' });
  expect(await run((tx) => balanceOf(tx, first))).toMatchObject({
    availableMicro: usd('3'),
    promoMicro: usd('3'),
  });
});
