import { useLingui } from '@lingui/react';
import { intlLocale } from './language.ts';
import { exactAmount, formatBalance, formatPrice } from './money.ts';

/** A sum of money: a price rounds up, a balance down; the exact sum on hover. */
export function Amount({ micro, as = 'price' }: { micro: bigint; as?: 'price' | 'balance' }) {
  useLingui();
  const format = as === 'price' ? formatPrice : formatBalance;
  return (
    <bdi dir="ltr" className="tabular" title={exactAmount(micro)}>
      {format(micro, intlLocale())}
    </bdi>
  );
}

/** The same in a sentence, where no element fits: buttons, labels. */
export const priceText = (micro: bigint) => formatPrice(micro, intlLocale());
export const balanceText = (micro: bigint) => formatBalance(micro, intlLocale());
