import { Trans, useLingui } from '@lingui/react/macro';
import type { Model } from '#contract/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
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

/** Every price of a model, as it is charged. */
export function PriceTable({ model }: { model: Model }) {
  const { t } = useLingui();
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
      <tbody>
        {model.prices.map((line) => (
          <tr key={line.label}>
            <td>{line.label}</td>
            <td className={classes.end}>
              <Amount micro={line.priceMicro} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
