import { Trans } from '@lingui/react/macro';
import { Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { balanceText } from '../../ui/amount.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { numberText } from '../../ui/when.tsx';
import classes from './wallet.module.css';

/** One sum to add, with what it buys. */
export function AmountTile({ sum, missing }: { sum: bigint; missing: bigint | null }) {
  return (
    <Radio.Card value={String(sum)} className={classes.tile}>
      <span className={classes.tileSum}>{balanceText(sum)}</span>
      <span className={classes.note}>
        {missing === sum ? <Trans>What is missing</Trans> : <Buys sum={sum} />}
      </span>
    </Radio.Card>
  );
}

/** "≈ 120 images with FLUX": the cheapest image model, as most people start there. */
function Buys({ sum }: { sum: bigint }) {
  const images = (useQuery(modelsQuery).data ?? []).filter(
    (model) => model.kind === 'image' && model.typical.priceMicro > 0n,
  );
  const cheapest = images.sort((one, other) => Number(one.typical.priceMicro - other.typical.priceMicro))[0];
  if (cheapest === undefined) return null;
  const count = numberText(Number(sum / cheapest.typical.priceMicro));
  const name = cheapest.name;
  return (
    <Trans>
      About {count} images with {name}
    </Trans>
  );
}
