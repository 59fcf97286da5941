import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { openWallet } from '#server/ledger/ledger.ts';

/** `usd('1.25')` in micro-units. */
export function usd(text: string): bigint {
  const [whole, part = ''] = text.split('.');
  return BigInt(whole!) * 1_000_000n + BigInt(part.padEnd(6, '0'));
}

/** A member's wallet with cash in it. */
export async function aWallet(
  pools: Pools,
  options: { cash?: bigint; memberId?: string } = {},
): Promise<{ memberId: string; walletId: bigint }> {
  const { cash = usd('10'), memberId = newId() } = options;
  const walletId = await asService(pools, async (tx) => {
    const id = await openWallet(tx, memberId);
    if (cash > 0n)
      await creditTopUp(tx, {
        topUpId: newId(),
        memberId,
        amountMicro: cash,
        source: { code: 1100, label: 'stripe' },
      });
    return id;
  });
  return { memberId, walletId };
}
