import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, Button, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { listProviders, openProvider, type ProviderHealth } from '#contract/console-catalogue.ts';
import { call } from '../../call.ts';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/states.tsx';
import { numberText, When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { RouteForm } from './route-form.tsx';
import { useEdit } from './use-edit.ts';

const providersQuery = queryOptions({
  queryKey: ['console', 'catalogue', 'providers'],
  queryFn: () => call(listProviders),
  refetchInterval: 10_000,
});

/** Every provider: its routes and circuits now, how a day of runs ended, and the switch for all of its models. */
export function ProvidersPage() {
  const { t } = useLingui();
  const providers = useQuery(providersQuery);
  return (
    <Page title={t`Providers`}>
      <Text size="sm" c="var(--ml-text-2)" mb="md">
        <Trans>
          Circuits and faults are those of the process that answers; each learns for itself within a few
          calls.
        </Trans>
      </Text>
      {providers.isPending ? <Waiting what={<Trans>the providers</Trans>} rows={6} height={120} /> : null}
      <Refusal error={providers.error} onRetry={() => void providers.refetch()} />
      <ul className={classes.differences}>
        {providers.data?.items.map((provider) => (
          <Provider key={provider.id} provider={provider} mayEdit={providers.data.mayEdit} />
        ))}
      </ul>
    </Page>
  );
}

function Provider({ provider, mayEdit }: { provider: ProviderHealth; mayEdit: boolean }) {
  const { t } = useLingui();
  const [isEditing, setEditing] = useState(false);
  const edit = useEdit(openProvider);
  return (
    <li className={classes.difference}>
      <div className={classes.lead}>
        <Text fw={600} component="h2" size="md" m={0}>
          {provider.name}
        </Text>
        <ProviderState provider={provider} />
        <Anchor component={Link} to={`/catalogue?provider=${provider.id}` as never} size="sm">
          <Trans>
            {numberText(provider.seen)} of {numberText(provider.models)} models on offer
          </Trans>
        </Anchor>
        {mayEdit ? (
          <Button
            variant="default"
            size="xs"
            aria-expanded={isEditing}
            aria-label={provider.isOpen ? t`Close ${provider.name}` : t`Open ${provider.name}`}
            onClick={() => setEditing(!isEditing)}
          >
            {provider.isOpen ? <Trans>Close</Trans> : <Trans>Open</Trans>}
          </Button>
        ) : null}
      </div>
      {provider.closedBecause === null ? null : (
        <p className={classes.why}>
          <Trans>
            Closed: <bdi>{provider.closedBecause}</bdi>
          </Trans>
        </p>
      )}
      {isEditing ? (
        <ReasonForm
          lead={
            provider.isOpen ? (
              <Trans>None of its models is on offer then. Runs that go on are finished.</Trans>
            ) : (
              <Trans>Its models are on offer again.</Trans>
            )
          }
          action={provider.isOpen ? <Trans>Close this provider</Trans> : <Trans>Open this provider</Trans>}
          edit={edit}
          onSubmit={(reason) =>
            edit.mutate(
              { providerId: provider.id, open: !provider.isOpen, reason },
              { onSuccess: () => setEditing(false) },
            )
          }
        />
      ) : null}
      <Day day={provider.day} />
      {provider.routes.length === 0 ? null : <Routes provider={provider} mayEdit={mayEdit} />}
    </li>
  );
}

function ProviderState({ provider }: { provider: ProviderHealth }) {
  if (!provider.isOpen)
    return (
      <Badge color="danger">
        <Trans>Closed by staff</Trans>
      </Badge>
    );
  if (provider.routes.length === 0)
    return (
      <Badge color="gray">
        <Trans>No route is set</Trans>
      </Badge>
    );
  return provider.routes.some(({ state }) => state === 'open') ? (
    <Badge color="ok">
      <Trans>Takes calls</Trans>
    </Badge>
  ) : (
    <Badge color="danger">
      <Trans>Takes no calls</Trans>
    </Badge>
  );
}

function Day({ day }: { day: ProviderHealth['day'] }) {
  if (day === null || day.runs === 0) return null;
  const failed = day.failures.reduce((sum, { count }) => sum + count, 0);
  return (
    <p className={classes.why}>
      <Trans>
        In 24 hours {numberText(day.runs)} runs, {numberText(failed)} came to nothing
      </Trans>
      {day.failures.map(({ why, count }, index) => (
        <span key={why}>
          {index === 0 ? ': ' : ', '}
          <bdi dir="ltr">{why}</bdi> {numberText(count)}
        </span>
      ))}
    </p>
  );
}

function Routes({ provider, mayEdit }: { provider: ProviderHealth; mayEdit: boolean }) {
  const { t } = useLingui();
  const [edited, setEdited] = useState<string | null>(null);
  const states = {
    open: { word: t`Open`, color: 'ok' },
    broken: { word: t`Circuit open`, color: 'danger' },
    closed: { word: t`Closed by staff`, color: 'gray' },
  };
  const route = provider.routes.find(({ id }) => id === edited);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard */}
      <section className={shared.scroll} aria-label={t`Routes of ${provider.name}`} tabIndex={0}>
        <table className={shared.table}>
          <thead>
            <tr>
              <th scope="col">{t`Route`}</th>
              <th scope="col">{t`Host`}</th>
              <th scope="col">{t`Region`}</th>
              <th scope="col">{t`State`}</th>
              <th scope="col" className={shared.end}>{t`Faults in a row`}</th>
              <th scope="col" className={shared.end}>{t`Weight`}</th>
              {mayEdit ? <th scope="col">{t`Edit`}</th> : null}
            </tr>
          </thead>
          <tbody>
            {provider.routes.map(({ id, host, region, isSandbox, state, failures, weight }) => (
              <tr key={id}>
                <th scope="row" className={classes.name}>
                  <bdi dir="ltr">{id}</bdi>
                </th>
                <td>
                  <bdi dir="ltr">{host}</bdi>
                  {isSandbox ? <span className={classes.id}>{t`simulated`}</span> : null}
                </td>
                <td>{region}</td>
                <td>
                  <Badge color={states[state].color}>{states[state].word}</Badge>
                </td>
                <td className={shared.end}>{numberText(failures)}</td>
                <td className={shared.end}>{numberText(weight)}</td>
                {mayEdit ? (
                  <td>
                    <Button
                      variant="subtle"
                      size="xs"
                      aria-label={t`Edit ${id}`}
                      aria-expanded={edited === id}
                      onClick={() => setEdited(edited === id ? null : id)}
                    >
                      <Trans>Edit</Trans>
                    </Button>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Pauses routes={provider.routes} />
      {route === undefined ? null : (
        <RouteForm key={route.id} providerId={provider.id} route={route} onDone={() => setEdited(null)} />
      )}
    </>
  );
}

/** What waits, and until when: circuits that a probe will close, limits that the provider told. */
function Pauses({ routes }: { routes: ProviderHealth['routes'] }) {
  const pauses = routes.flatMap((route) => [
    ...(route.openUntil === null
      ? []
      : [{ key: route.id, route: route.id, modelId: null, until: route.openUntil, why: 'circuit' as const }]),
    ...route.paused.map((pause) => ({
      ...pause,
      key: `${route.id} ${pause.modelId} ${pause.why}`,
      route: route.id,
    })),
  ]);
  if (pauses.length === 0) return null;
  return (
    <ul className={classes.pauses}>
      {pauses.map(({ key, route, modelId, until, why }) => (
        <li key={key}>
          <bdi dir="ltr">{modelId ?? route}</bdi>:{' '}
          {why === 'limit' ? (
            <Trans>
              the provider’s limit is reached, until <When at={until} only="time" />
            </Trans>
          ) : why === 'key_refused' ? (
            <Trans>
              the provider refused the key, tried again at <When at={until} only="time" />
            </Trans>
          ) : (
            <Trans>
              circuit open after faults, one call probes at <When at={until} only="time" />
            </Trans>
          )}
        </li>
      ))}
    </ul>
  );
}
