import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { Link, Outlet } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import classes from './settings.module.css';

const sections = [
  { to: '/settings/profile', name: msg`Profile` },
  { to: '/settings/security', name: msg`Security` },
  { to: '/settings/privacy', name: msg`Privacy` },
  { to: '/settings/keys', name: msg`API keys` },
  { to: '/settings/spending', name: msg`Spending` },
  { to: '/settings/appearance', name: msg`Appearance` },
] as const satisfies { to: string; name: MessageDescriptor }[];

/** The sections beside each other; each saves itself. */
export function SettingsFrame() {
  const { t, i18n } = useLingui();
  return (
    <Page title={t`Settings`}>
      <div className={classes.frame}>
        <nav className={classes.nav} aria-label={t`Sections`}>
          {sections.map(({ to, name }) => (
            <Link key={to} to={to} className={classes.link}>
              {i18n._(name)}
            </Link>
          ))}
        </nav>
        <div className={classes.section}>
          <Outlet />
        </div>
      </div>
    </Page>
  );
}
