import { Trans, useLingui } from '@lingui/react/macro';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { previewPrices } from '#contract/console-catalogue.ts';
import { call, type Input } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { Change, Dollars } from './words.tsx';

/** What an edit would do, as it is typed: the typical call before and after, and each price that changes. */
export function Effect({ edit }: { edit: Input<typeof previewPrices> }) {
  const { t } = useLingui();
  const [asked] = useDebouncedValue(edit, 150);
  const effect = useQuery({
    queryKey: ['console', 'catalogue', 'preview', JSON.stringify(asked)],
    queryFn: () => call(previewPrices, asked),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (effect.isError) return <Refusal error={effect.error} />;
  if (!effect.data) return null;
  const { before, after, lines } = effect.data;
  const changed = lines.filter((line) => line.before !== line.after);
  return (
    <section
      className={`${classes.effect} ${classes.scroll} ${shared.scroll}`}
      data-stale={effect.isPlaceholderData || undefined}
      aria-label={t`What this would do`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
      tabIndex={0}
    >
      <table className={`${shared.table} ${classes.wrap}`}>
        <thead>
          <tr>
            <th scope="col">{before.label}</th>
            <th scope="col" className={shared.end}>{t`Now`}</th>
            <th scope="col" className={shared.end}>{t`Then`}</th>
            <th scope="col" className={shared.end}>{t`Change`}</th>
          </tr>
        </thead>
        <tbody>
          <Sum name={t`Cost`} before={before.costMicro} after={after.costMicro} />
          <Sum name={t`Price`} before={before.priceMicro} after={after.priceMicro} />
          <Sum name={t`Margin`} before={before.marginMicro} after={after.marginMicro} isIncome />
          {changed.map((line) => (
            <tr key={line.label}>
              <td>
                <Trans>Members pay for {line.label}</Trans>
              </td>
              <td className={shared.end}>{line.before === null ? '–' : <Dollars usd={line.before} />}</td>
              <td className={shared.end}>{line.after === null ? '–' : <Dollars usd={line.after} />}</td>
              <td className={shared.end}>
                <Change basisPoints={line.changeBasisPoints} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Sum(props: { name: string; before: bigint; after: bigint; isIncome?: true }) {
  const { name, before, after, isIncome } = props;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={shared.end}>
        <Amount micro={before} />
      </td>
      <td className={shared.end}>
        <Amount micro={after} />
      </td>
      <td className={shared.end}>
        {before === after || before === 0n ? null : (
          <Change basisPoints={Number(((after - before) * 10_000n) / before)} isIncome={isIncome} />
        )}
      </td>
    </tr>
  );
}
