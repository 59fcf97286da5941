import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { kinds } from '../../ui/kinds.ts';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { ProviderFacts } from '../../ui/provider-facts.tsx';
import { modelsQuery, useMe } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { isTold, toldQuery, useAcknowledge } from '../../ui/told.ts';
import { MissingPage } from '../shell/missing-page.tsx';
import { KindSign } from './model-row.tsx';
import classes from './models.module.css';
import { PriceTable, Typical } from './price-line.tsx';
import { TryLink } from './try-link.tsx';

/** One model: what it costs per real thing, where the data goes, what to try. */
export function ModelPage() {
  const { t } = useLingui();
  const { _splat: id } = useParams({ from: '/models/$' });
  const models = useQuery(modelsQuery);
  const model = models.data?.find((one) => one.id === id);
  if (model) return <Shown model={model} />;
  if (models.isSuccess) return <MissingPage />;
  return (
    <Page title={t`Model`} bare>
      {models.isPending ? <Waiting what={<Trans>the model</Trans>} rows={4} height={120} /> : null}
      <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />
    </Page>
  );
}

function Shown({ model }: { model: Model }) {
  return (
    <Page title={model.name} bare>
      <div className={classes.lead}>
        <KindSign kind={model.kind} />
        <div>
          <Title order={1}>{model.name}</Title>
          <Text size="sm" c="dimmed">
            <bdi dir="ltr">{model.id}</bdi>
          </Text>
        </div>
      </div>
      <Text size="md" maw={640} mb="md">
        {model.summary}
      </Text>
      <Text mb="lg">
        <Typical model={model} />
      </Text>
      <TryButton model={model} />
      <div className={classes.model}>
        <Stack gap="lg">
          <section className={classes.card}>
            <PriceTable model={model} />
          </section>
          <Examples model={model} />
        </Stack>
        <WhereItGoes model={model} />
      </div>
    </Page>
  );
}

function TryButton({ model }: { model: Model }) {
  const path = kinds.find((kind) => kind.kind === model.kind)?.path;
  if (path === undefined) return null;
  return (
    <LinkButton to={path} search={{ model: model.id }} mb="xl">
      <Trans>Try {model.name}</Trans>
    </LinkButton>
  );
}

function Examples({ model }: { model: Model }) {
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Prompts to try</Trans>
      </Title>
      <ul className={classes.examples}>
        {model.examples.map((example) => (
          <li key={example}>
            <TryLink model={model} prompt={example} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function WhereItGoes({ model }: { model: Model }) {
  return (
    <aside className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Where your data goes</Trans>
      </Title>
      <ProviderFacts model={model} />
      <TellKeys model={model} />
    </aside>
  );
}

/** For who has read it before a first use: programs are refused at a provider that their owner was not told of. */
function TellKeys({ model }: { model: Model }) {
  const me = useMe();
  const told = useQuery({ ...toldQuery, enabled: me !== null }).data;
  const acknowledge = useAcknowledge(model.provider);
  const { name } = model.provider;
  if (told === undefined || isTold(told, model.provider)) return null;
  return (
    <div className={classes.tell}>
      <Button
        variant="default"
        size="xs"
        loading={acknowledge.isPending}
        onClick={() => acknowledge.mutate()}
      >
        <Trans>I have read this: send to {name}</Trans>
      </Button>
      <Text size="xs" c="dimmed">
        <Trans>Before, nothing of yours goes there, neither from the studio nor by your API keys.</Trans>
      </Text>
      <ProblemAlert error={acknowledge.error} />
    </div>
  );
}
