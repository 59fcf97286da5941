import type { Tx } from '#server/database/transaction.ts';
import { mustPost, openWallet } from '#server/ledger/ledger.ts';
import { derivedId, type Transfer } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';
import type { Source } from './top-up.ts';

/** A dated rate as a fraction: to = from × numerator ÷ denominator. */
export interface Rate {
  numerator: bigint;
  denominator: bigint;
  source: string;
  at: Date;
}

/** What an amount is worth, rounded down: a fraction of a micro-unit stays with the house, or rounding is arbitrage. */
export function exchanged(amountMicro: bigint, rate: Pick<Rate, 'numerator' | 'denominator'>): bigint {
  return (amountMicro * rate.numerator) / rate.denominator;
}

/**
 * Foreign money becomes wallet money at a dated rate: Dr source → Cr 6100 in the foreign currency, Dr 6100 → Cr 2100
 * in the wallet's, and our margin Dr 6100 → Cr 3300 by itself, all linked. The rate is kept with it. Twice is harmless.
 * Answers what the member got.
 */
export async function exchange(
  tx: Tx<'service'>,
  asked: {
    exchangeId: string;
    memberId: string;
    source: Source;
    fromMicro: bigint;
    fromCurrency: string;
    toCurrency: string;
    rate: Rate;
    marginPermille: bigint;
  },
): Promise<bigint> {
  const { exchangeId, memberId, source, fromMicro, fromCurrency, toCurrency, rate, marginPermille } = asked;
  const gross = exchanged(fromMicro, rate);
  const margin = (gross * marginPermille + 999n) / 1000n;
  const net = gross - margin;
  await openWallet(tx, memberId, toCurrency);
  const common = { code: 'exchange', groupId: exchangeId, link: 1 } as const;
  const transfers: Transfer[] = [
    await entry(tx, {
      ...common,
      id: derivedId(exchangeId, 'from'),
      debit: source,
      credit: { code: 6100 },
      amountMicro: fromMicro,
      currency: fromCurrency,
    }),
    await entry(tx, {
      ...common,
      id: derivedId(exchangeId, 'to'),
      debit: { code: 6100 },
      credit: { ownerId: memberId, code: 2100 },
      amountMicro: net,
      currency: toCurrency,
    }),
  ];
  if (margin > 0n)
    transfers.push(
      await entry(tx, {
        ...common,
        id: derivedId(exchangeId, 'margin'),
        code: 'exchange_margin',
        debit: { code: 6100 },
        credit: { code: 3300 },
        amountMicro: margin,
        currency: toCurrency,
      }),
    );
  await mustPost(tx, transfers);
  await tx
    .insertInto('ledger.exchange')
    .values({
      userId: memberId,
      id: exchangeId,
      fromCurrency,
      fromAmount: fromMicro,
      toCurrency,
      toAmount: net,
      marginAmount: margin,
      rateNumerator: rate.numerator,
      rateDenominator: rate.denominator,
      rateSource: rate.source,
      rateAt: rate.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return net;
}
