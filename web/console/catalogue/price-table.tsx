import { useLingui } from '@lingui/react/macro';
import type { PriceList } from '#contract/console-catalogue.ts';
import { When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { Dollars, SourceLink } from './words.tsx';

/** Every cost of a list and what a member pays for it, with where and when it was read. */
export function StaffPrices({ list, label }: { list: PriceList; label: string }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={shared.scroll} aria-label={label} tabIndex={0}>
      <table className={shared.table}>
        <thead>
          <tr>
            <th scope="col">{t`For`}</th>
            <th scope="col" className={shared.end}>{t`Cost`}</th>
            <th scope="col" className={shared.end}>{t`Price`}</th>
            <th scope="col">{t`Source`}</th>
            <th scope="col">{t`Read on`}</th>
          </tr>
        </thead>
        <tbody>
          {list.prices.map((price) => (
            <tr key={price.label}>
              <td>{price.label}</td>
              <td className={shared.end}>
                <Dollars usd={price.costUsd} />
              </td>
              <td className={shared.end}>
                <Dollars usd={price.priceUsd} />
              </td>
              <td>
                <SourceLink source={price.source} />
              </td>
              <td>
                <When at={`${price.source.on}T12:00:00Z`} only="date" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
