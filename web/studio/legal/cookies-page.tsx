import { Trans, useLingui } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { listCookies } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import classes from './legal.module.css';

const cookiesQuery = queryOptions({
  queryKey: ['cookies'],
  queryFn: async () => (await call(listCookies)).items,
  staleTime: 60 * 60_000,
});

/** Everything that our pages leave in a browser (clause 12.1). */
export function CookiesPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Cookies and storage`} width="text">
      <Text mb="md" c="var(--ml-text-2)">
        <Trans>
          This is all that our pages leave in your browser. Each item does what you asked for; none follows
          you around, so there is nothing to consent to.
        </Trans>
      </Text>
      <Cookies />
    </Page>
  );
}

function Cookies() {
  const { t } = useLingui();
  const places = { cookie: t`Cookie`, localStorage: t`Local storage`, sessionStorage: t`Tab storage` };
  const cookies = useQuery(cookiesQuery);
  if (cookies.isPending) return <Waiting what={<Trans>the list</Trans>} />;
  if (cookies.isError) return <ProblemAlert error={cookies.error} onRetry={() => void cookies.refetch()} />;
  return (
    <ul className={classes.items}>
      {cookies.data.map((cookie) => (
        <li key={cookie.name}>
          <code dir="ltr">{cookie.name}</code>
          <Text size="xs" c="dimmed">
            {places[cookie.where]} · {cookie.life}
          </Text>
          <Text size="sm">{cookie.purpose}</Text>
        </li>
      ))}
    </ul>
  );
}
