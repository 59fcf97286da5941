import type { Tx } from '#server/database/transaction.ts';
import { debtRepaid } from '#server/ledger/flows/dispute.ts';
import { accountOf, lockAccounts, openWallet } from '#server/ledger/ledger.ts';
import { keepFrozen } from './disputes.ts';

/**
 * Posts money that comes into a wallet, by `post`, and pays with it what the member owes. The wallet and the debt are locked
 * before: both are posted on again after platform accounts, which come last in the order of locks.
 */
export async function postAndRepay(
  tx: Tx<'service'>,
  { paymentId, memberId, currency }: { paymentId: string; memberId: string; currency: string },
  post: () => Promise<unknown>,
): Promise<void> {
  const owes = await tx
    .selectFrom('ledger.account')
    .select('id')
    .where('userId', '=', memberId)
    .where('code', '=', 1300)
    .where('currency', '=', currency)
    .whereRef('debitsPosted', '>', 'creditsPosted')
    .limit(1)
    .executeTakeFirst();
  if (owes === undefined) {
    await post();
    return;
  }
  await lockAccounts(tx, [
    await openWallet(tx, memberId, currency),
    await accountOf(tx, { ownerId: memberId, code: 1300, currency }),
  ]);
  await post();
  await debtRepaid(tx, { paymentId, memberId, currency });
  await keepFrozen(tx, memberId, currency);
}
