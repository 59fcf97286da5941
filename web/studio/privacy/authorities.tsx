import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, NativeSelect, Stack, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listAuthorities } from '#contract/privacy-rights.ts';
import { call, type Reply } from '../../call.ts';
import { countries } from '../../ui/countries.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { useMe } from '../../ui/queries.ts';
import { Section } from '../settings/section.tsx';
import classes from '../settings/settings.module.css';

const authoritiesQuery = queryOptions({
  queryKey: ['authorities'],
  queryFn: async () => (await call(listAuthorities)).items,
  staleTime: 60 * 60_000,
});

type Authority = Reply<typeof listAuthorities>['items'][number];

/** Clause 9.7, among the settings. */
export function AuthorityCard() {
  return (
    <Section
      title={<Trans>Complain about us</Trans>}
      lead={<Trans>You need not ask us first, and it costs nothing with us.</Trans>}
    >
      <Authorities />
    </Section>
  );
}

/** The authority of a country; the person's own to begin with. */
export function Authorities() {
  const { t } = useLingui();
  const me = useMe();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useQuery(authoritiesQuery);
  const country = chosen ?? me?.country ?? '';
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t`Data-protection authority of`}
        value={country}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={[...(country === '' ? [{ value: '', label: t`Choose a country …` }] : []), ...countries()]}
        maw={360}
      />
      <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      <div aria-live="polite">
        {country === '' || list.data === undefined ? null : (
          <Found found={list.data.filter((one) => one.country === country)} />
        )}
      </div>
    </Stack>
  );
}

function Found({ found }: { found: Authority[] }) {
  if (found.length === 0)
    return (
      <Text size="sm">
        <Trans>
          We have no entry for this country, and do not know whether an authority there takes complaints. Your
          complaint to us is open in any case.
        </Trans>
      </Text>
    );
  return (
    <ul className={classes.list}>
      {found.map((one) => (
        <li key={`${one.region}${one.name}`} className={classes.item}>
          <span className={classes.words}>
            <Text size="sm" component="span">
              {one.region === null ? null : `${one.region}: `}
              {one.name === null || one.url === null ? (
                <span lang="en" dir="ltr">
                  {one.why}
                </span>
              ) : (
                <Anchor inherit href={one.url} target="_blank" rel="noreferrer">
                  <bdi>{one.name}</bdi>
                </Anchor>
              )}
            </Text>
            <Text size="xs" c="dimmed" component="span">
              <Source source={one.source} />
            </Text>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Source({ source }: { source: string }) {
  if (!source.startsWith('https://')) return <bdi dir="ltr">{source}</bdi>;
  return (
    <Trans>
      Source:{' '}
      <Anchor inherit href={source} target="_blank" rel="noreferrer">
        <bdi dir="ltr">{new URL(source).host}</bdi>
      </Anchor>
    </Trans>
  );
}
