import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { listRouteMargins } from '#contract/console.ts';
import { call, type Reply } from '../call.ts';
import { Amount } from '../ui/amount.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemAlert } from '../ui/problem.tsx';
import { Waiting } from '../ui/states.tsx';
import { numberText } from '../ui/when.tsx';
import classes from './console.module.css';

const DAYS = 7;

const routesQuery = queryOptions({
  queryKey: ['console', 'routes'],
  queryFn: async () => (await call(listRouteMargins, { days: DAYS })).routes,
});

type Route = Reply<typeof listRouteMargins>['routes'][number];

/** Each way to a provider: whether it takes calls, what it brought in and cost. */
export function RoutesPage() {
  const { t } = useLingui();
  const routes = useQuery(routesQuery);
  return (
    <Page title={t`Routes`}>
      <Text size="sm" c="dimmed" mb="md">
        <Trans>
          The last {DAYS} days. A cost without a charge is work that a provider bills and that nobody got.
        </Trans>
      </Text>
      {routes.isPending ? <Waiting what={<Trans>the routes</Trans>} rows={8} height={32} /> : null}
      <ProblemAlert error={routes.error} onRetry={() => void routes.refetch()} />
      {routes.data ? <Routes routes={routes.data} /> : null}
    </Page>
  );
}

function Routes({ routes }: { routes: Route[] }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={classes.scroll} aria-label={t`Routes`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t`Route`}</th>
            <th scope="col">{t`Region`}</th>
            <th scope="col">{t`State`}</th>
            <th scope="col" className={classes.end}>{t`Runs`}</th>
            <th scope="col" className={classes.end}>{t`Taken over`}</th>
            <th scope="col" className={classes.end}>{t`Came to nothing`}</th>
            <th scope="col" className={classes.end}>{t`Charged`}</th>
            <th scope="col" className={classes.end}>{t`Cost`}</th>
            <th scope="col" className={classes.end}>{t`Margin`}</th>
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <tr key={route.routeId}>
              <td>
                {route.providerName}{' '}
                <bdi dir="ltr" className={classes.quiet}>
                  {route.routeId}
                </bdi>
              </td>
              <td>{route.region ?? '–'}</td>
              <td>
                <RouteState isOpen={route.isOpen} />
              </td>
              <td className={classes.end}>{numberText(route.runs)}</td>
              <td className={classes.end}>{numberText(route.fallbacks)}</td>
              <td className={classes.end}>{numberText(route.failed)}</td>
              <Sum micro={route.chargedMicro} />
              <Sum micro={route.costMicro} />
              <Sum micro={route.marginMicro} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RouteState({ isOpen }: { isOpen: boolean | null }) {
  if (isOpen === null)
    return (
      <Badge color="gray">
        <Trans>Gone</Trans>
      </Badge>
    );
  return isOpen ? (
    <Badge color="ok">
      <Trans>Open</Trans>
    </Badge>
  ) : (
    <Badge color="danger">
      <Trans>Closed</Trans>
    </Badge>
  );
}

function Sum({ micro }: { micro: bigint }) {
  return (
    <td className={classes.end}>
      <Amount micro={micro} as="balance" />
    </td>
  );
}
