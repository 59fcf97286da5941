import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Text, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { listSubprocessors } from '#contract/privacy-subprocessors.ts';
import { call, type Reply } from '../../call.ts';
import { countries } from '../../ui/countries.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import classes from './legal.module.css';

const subprocessorsQuery = queryOptions({
  queryKey: ['subprocessors'],
  queryFn: async () => (await call(listSubprocessors)).items,
  staleTime: 60 * 60_000,
});

type Version = Reply<typeof listSubprocessors>['items'][number];

/** Who works for us with people's data, now and soon (clauses 5.4, 6.2, 7.2). */
export function SubprocessorsPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Who works for us`} width="text">
      <Text mb="md" c="var(--ml-text-2)">
        <Trans>
          Companies that handle data for us, bound by contract to keep it confidential. A new one is announced
          here two weeks before it begins.
        </Trans>
      </Text>
      <Companies />
      <Title order={2} mt="xl" mb="sm">
        <Trans>Model providers</Trans>
      </Title>
      <Text mb="md" c="var(--ml-text-2)">
        <Trans>What you send goes to the one that you picked, and to no other.</Trans>
      </Text>
      <ModelProviders />
    </Page>
  );
}

function Companies() {
  const list = useQuery(subprocessorsQuery);
  if (list.isPending) return <Waiting what={<Trans>the list</Trans>} rows={3} />;
  if (list.isError) return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  const shown = nowAndSoon(list.data, new Date().toISOString().slice(0, 10));
  if (shown.length === 0)
    return (
      <Text>
        <Trans>The operator of this Mluen has named nobody yet.</Trans>
      </Text>
    );
  return (
    <ul className={classes.items}>
      {shown.map((one) => (
        <Company key={`${one.name} ${one.version}`} one={one} />
      ))}
    </ul>
  );
}

/** The version in force of each, and what is announced; nothing of who has ended. */
function nowAndSoon(versions: Version[], today: string): Version[] {
  return [...Map.groupBy(versions, ({ name }) => name).values()].flatMap((own) => {
    const ordered = own.toSorted((one, other) => other.version - one.version);
    const inForce = ordered.find(({ effectiveOn }) => effectiveOn <= today);
    const soon = ordered.filter(({ effectiveOn }) => effectiveOn > today);
    return [...soon, ...(inForce === undefined || inForce.isEnd ? [] : [inForce])];
  });
}

function Company({ one }: { one: Version }) {
  const { t } = useLingui();
  const safeguards = {
    scc: t`Standard Contractual Clauses`,
    'uk-idta': t`UK International Data Transfer Agreement`,
    dpf: t`EU–US Data Privacy Framework`,
    bcr: t`binding corporate rules`,
  };
  const categories = {
    hosting: t`Hosting and database`,
    identity: t`Identity and sign-in`,
    payment: t`Payment`,
    mail: t`E-mail and messaging`,
    'model-provider': t`Model provider`,
  };
  const country = countries().find(({ value }) => value === one.country)?.label ?? one.country;
  const begins = one.effectiveOn > new Date().toISOString().slice(0, 10);
  return (
    <li>
      <Text fw={500}>
        <bdi>{one.name}</bdi>
      </Text>
      <Text size="xs" c="dimmed">
        {categories[one.category]} · {country}
        {one.safeguard === null ? null : ` · ${safeguards[one.safeguard]}`} ·{' '}
        <Trans>
          contract of <When at={`${one.contractOn}T00:00:00Z`} only="date" />
        </Trans>
      </Text>
      <Text size="sm" lang="en" dir="ltr">
        {one.purpose}
      </Text>
      {begins ? (
        <Text size="sm">
          {one.isEnd ? (
            <Trans>
              Ends on <When at={`${one.effectiveOn}T00:00:00Z`} only="date" />.
            </Trans>
          ) : (
            <Trans>
              Announced: from <When at={`${one.effectiveOn}T00:00:00Z`} only="date" /> on.
            </Trans>
          )}
        </Text>
      ) : null}
    </li>
  );
}

function ModelProviders() {
  const models = useQuery(modelsQuery);
  if (models.isPending) return <Waiting what={<Trans>the providers</Trans>} rows={3} />;
  if (models.isError) return <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />;
  const providers = new Map(models.data.map(({ provider }) => [provider.id, provider]));
  return (
    <ul className={classes.items}>
      {[...providers.values()].map((provider) => (
        <li key={provider.id}>
          <Text fw={500}>{provider.company}</Text>
          <Text size="xs" c="dimmed">
            {provider.name} · {provider.regions.join(', ')}
          </Text>
          <Anchor size="sm" href={provider.privacyUrl} target="_blank" rel="noreferrer">
            <Trans>Its privacy policy</Trans>
          </Anchor>
        </li>
      ))}
    </ul>
  );
}
