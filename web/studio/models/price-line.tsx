import { Trans, useLingui } from '@lingui/react/macro';
import type { Model } from '#contract/catalogue.ts';
import { Amount, Rate } from '../../ui/amount.tsx';
import classes from './models.module.css';

/** "$0.04 for 1 image 1024 × 1024": a price of a real thing. */
export function Typical({ model }: { model: Model }) {
  return (
    <span className={classes.typical}>
      <strong>
        <Amount micro={model.typical.priceMicro} />
      </strong>{' '}
      <span className={classes.quiet}>{model.typical.label}</span>
    </span>
  );
}

/** Every price of a model, as it is charged; those that hold under a condition stand together below it. */
export function PriceTable({ model }: { model: Model }) {
  const { t } = useLingui();
  const byCondition = Map.groupBy(model.prices, ({ condition }) => condition);
  return (
    <table className={classes.prices}>
      <caption className={classes.caption}>
        <Trans>Prices, in {model.currency}, all included</Trans>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t`For`}</th>
          <th scope="col" className={classes.end}>{t`Price`}</th>
        </tr>
      </thead>
      {[...byCondition].map(([condition, lines]) => (
        <tbody key={condition}>
          {condition === '' ? null : (
            <tr>
              <th scope="rowgroup" colSpan={2} className={classes.condition}>
                {sentence(condition)}
              </th>
            </tr>
          )}
          {lines.map((line) => (
            <tr key={line.unit}>
              <td>{line.unitLabel}</td>
              <td className={classes.end}>
                <Rate micro={line.priceMicro} />
              </td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** What a unit costs, from the least to the most where it hangs on a condition: "1 second $0.10 to $0.40". */
export function Rates({ model }: { model: Model }) {
  const units = [...Map.groupBy(model.prices, ({ unitLabel }) => unitLabel)];
  return (
    <ul className={classes.rateLine}>
      {units.map(([unitLabel, lines]) => {
        const amounts = lines.map(({ priceMicro }) => priceMicro);
        const [least, most] = [amounts.reduce(lesser), amounts.reduce(greater)];
        return (
          <li key={unitLabel}>
            {unitLabel}{' '}
            {least === most ? (
              <Rate micro={least} />
            ) : (
              <Trans>
                <Rate micro={least} /> to <Rate micro={most} />
              </Trans>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const lesser = (a: bigint, b: bigint) => (b < a ? b : a);
const greater = (a: bigint, b: bigint) => (b > a ? b : a);
