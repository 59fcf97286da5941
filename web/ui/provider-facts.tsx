import { Trans } from '@lingui/react/macro';
import { Anchor, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Model } from '#contract/catalogue.ts';
import classes from './provider-facts.module.css';
import { When } from './when.tsx';

/** Who gets what is sent to a model, where it lies, and what that provider publishes about keeping and training. */
export function ProviderFacts({ model }: { model: Model }) {
  const { provider, routes, alsoBy } = model;
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={<Trans>To</Trans>}>{provider.company}</Fact>
        <Fact name={<Trans>Now by</Trans>}>
          {routes.length === 0 ? <Trans>Not available now</Trans> : <Routes routes={routes} />}
        </Fact>
        <Fact name={<Trans>Regions</Trans>}>{provider.regions.join(', ')}</Fact>
        {alsoBy.length === 0 ? null : (
          <Fact name={<Trans>If it does not answer</Trans>}>
            {alsoBy.map(({ id, name, regions }) => (
              <div key={id}>
                {name}, {regions.join(', ')}
              </div>
            ))}
            <Text size="xs" c="dimmed">
              <Trans>At the same price, once you have been told of them, and only if you let it.</Trans>
            </Text>
          </Fact>
        )}
        <Fact name={<Trans>How long they keep it</Trans>}>{provider.retention}</Fact>
        <Fact name={<Trans>Training</Trans>}>{provider.training}</Fact>
        <Fact name={<Trans>In their words</Trans>}>
          <ProviderLinks provider={provider} />
        </Fact>
      </dl>
      <Text size="xs" c="dimmed" mt="md">
        <Trans>
          Read by us on <When at={`${provider.readOn}T00:00:00Z`} only="date" />
        </Trans>
      </Text>
    </>
  );
}

/** Terms and privacy page of a provider, at its own address. */
export function ProviderLinks({ provider }: Pick<Model, 'provider'>) {
  return (
    <>
      <Anchor inherit href={provider.termsUrl} rel="noreferrer" target="_blank">
        <Trans>Terms</Trans>
      </Anchor>
      {' · '}
      <Anchor inherit href={provider.privacyUrl} rel="noreferrer" target="_blank">
        <Trans>Privacy</Trans>
      </Anchor>
    </>
  );
}

function Routes({ routes }: Pick<Model, 'routes'>) {
  return routes.map(({ host, region, sandbox }) => (
    <div key={`${host} ${region}`}>
      <bdi dir="ltr">{host}</bdi>, {region}
      {sandbox ? (
        <>
          {' '}
          <Trans>(simulated)</Trans>
        </>
      ) : null}
    </div>
  ));
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
