import { useLingui } from '@lingui/react';
import { intlLocale } from './language.ts';
import { exactAmount, formatBalance, formatPrice, formatRate } from './money.ts';

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

/** A price for a unit, exactly. */
export function Rate({ micro }: { micro: bigint }) {
  useLingui();
  return (
    <bdi dir="ltr" className="tabular">
      {formatRate(micro, intlLocale())}
    </bdi>
  );
}

/** The same in a sentence, where no element fits: buttons, labels. */
export const priceText = (micro: bigint) => isolated(formatPrice(micro, intlLocale()));
export const balanceText = (micro: bigint) => isolated(formatBalance(micro, intlLocale()));

/** In a mirrored page a sum keeps its own direction, as `<bdi dir="ltr">` would give it. */
function isolated(sum: string): string {
  return document.documentElement.dir === 'rtl' ? `\u2066${sum}\u2069` : sum;
}
