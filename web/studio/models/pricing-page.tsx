import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Kind, Model } from '#contract/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { allKinds, kindName } from '../../ui/kinds.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import classes from './models.module.css';
import { Rates } from './price-line.tsx';

/** What a usual thing costs with each model, and the rules of paying. */
export function PricingPage() {
  const { t } = useLingui();
  const models = useQuery(modelsQuery);
  return (
    <Page title={t`Pricing`} width="wide">
      <Text size="md" c="var(--ml-text-2)">
        <Trans>
          No subscription, no points. You add money from $1, it does not expire, and each run is charged
          exactly what it used. What fails costs nothing.
        </Trans>
      </Text>
      {models.isPending ? <Waiting what={<Trans>the prices</Trans>} rows={8} height={48} /> : null}
      <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />
      {models.data
        ? allKinds.map((kind) => <KindPrices key={kind} kind={kind} models={models.data} />)
        : null}
    </Page>
  );
}

function KindPrices({ kind, models }: { kind: Kind; models: Model[] }) {
  const { i18n } = useLingui();
  const mine = models.filter((model) => model.kind === kind);
  if (mine.length === 0) return null;
  return (
    <section className={classes.group}>
      <Title order={2}>{i18n._(kindName(kind))}</Title>
      <table className={`${classes.prices} ${classes.rates}`}>
        <thead>
          <tr>
            <th scope="col">
              <Trans>Model</Trans>
            </th>
            <th scope="col">
              <Trans>For</Trans>
            </th>
            <th scope="col" className={classes.end}>
              <Trans>Price</Trans>
            </th>
          </tr>
        </thead>
        {mine.map((model) => (
          <tbody key={model.id}>
            <tr className={classes.rateHead}>
              <td>
                <Link to="/models/$" params={{ _splat: model.id }}>
                  {model.name}
                </Link>
              </td>
              <td className={classes.quiet}>{model.typical.label}</td>
              <td className={classes.end}>
                <Amount micro={model.typical.priceMicro} />
              </td>
            </tr>
            <tr>
              <td colSpan={3} className={classes.rateCell}>
                <Rates model={model} />
              </td>
            </tr>
          </tbody>
        ))}
      </table>
    </section>
  );
}
