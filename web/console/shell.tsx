import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Page } from '../ui/page.tsx';
import { meQuery } from '../ui/queries.ts';
import { Empty } from '../ui/states.tsx';
import { OfflineStrip, SandboxStrip } from '../ui/strips.tsx';
import classes from './console.module.css';

const pages: { to: string; name: MessageDescriptor }[] = [
  { to: '/overview', name: msg`Overview` },
  { to: '/people', name: msg`People` },
  { to: '/support', name: msg`Support` },
  { to: '/money', name: msg`Money` },
  { to: '/payments', name: msg`Payments` },
  { to: '/catalogue', name: msg`Catalogue` },
  { to: '/providers', name: msg`Providers` },
  { to: '/routes', name: msg`Routes` },
  { to: '/ledger', name: msg`Ledger` },
  { to: '/mail', name: msg`Mail` },
];

/** The frame of the console. Who is not staff sees the way to sign in, and nothing else. */
export function ConsoleShell() {
  const { t, i18n } = useLingui();
  const me = useQuery(meQuery);
  return (
    <>
      <SandboxStrip />
      <OfflineStrip />
      <header className={classes.bar}>
        <a href="/" className={classes.name}>
          Mluen <span className={classes.quiet}>{t`Console`}</span>
        </a>
        {me.data?.role === 'staff' ? (
          <nav className={classes.nav} aria-label={t`Main`}>
            {pages.map(({ to, name }) => (
              <Link key={to} to={to as never} className={classes.link}>
                {i18n._(name)}
              </Link>
            ))}
          </nav>
        ) : null}
      </header>
      <main>
        <Suspense fallback={null}>
          {me.isPending ? null : me.data?.role === 'staff' ? (
            <Outlet />
          ) : (
            <StaffOnly isMember={me.data !== null} />
          )}
        </Suspense>
      </main>
    </>
  );
}

function StaffOnly({ isMember }: { isMember: boolean }) {
  const { t } = useLingui();
  const path = useRouterState({ select: (state) => state.location.href });
  const next = encodeURIComponent(`/console${path.replace(/^\/console/, '')}`);
  return (
    <Page title={t`For staff`} width="text">
      <Empty
        title={isMember ? <Trans>This account is not staff</Trans> : <Trans>Sign in as staff</Trans>}
        action={
          <Button component="a" href={`/sign-in?next=${next}`} variant="default">
            <Trans>Sign in</Trans>
          </Button>
        }
      >
        <Trans>In a sandbox, the staff account was printed when the server started.</Trans>
      </Empty>
    </Page>
  );
}
