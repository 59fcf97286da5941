import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { kinds } from '../../ui/kinds.ts';
import { useMe } from '../../ui/queries.ts';
import { runningQuery } from '../create/generation.ts';
import { PaletteKey } from '../palette/palette-key.tsx';
import { AccountMenu } from './account-menu.tsx';
import { BalanceChip } from './balance-chip.tsx';
import { Brand } from './brand.tsx';
import classes from './shell.module.css';
import { SideNav } from './side-nav.tsx';
import { Tabs } from './tabs.tsx';

const MemberBanners = lazy(async () => ({ default: (await import('./member-banners.tsx')).MemberBanners }));
const Tray = lazy(async () => ({ default: (await import('../create/tray.tsx')).Tray }));

/** What a member sees around a page: bar on top, tabs below on a phone; rail or sidebar where there is room. */
export function MemberFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.member}>
      <SideNav />
      <div className={classes.column}>
        <header className={classes.bar}>
          <Link to="/create" className={`${classes.brand} ${classes.phoneOnly}`} aria-label="Mluen">
            <Brand compact />
          </Link>
          <div className={classes.barEnd}>
            <Running />
            <PaletteKey />
            <BalanceChip />
            <AccountMenu />
          </div>
        </header>
        <KindRow />
        <main id="main" tabIndex={-1} className={classes.main}>
          <Banners />
          {children}
        </main>
      </div>
      <Tabs />
    </div>
  );
}

/** What must be known first, fetched where there is something. */
function Banners() {
  const me = useMe();
  if (me === null || (me.erasureAt === null && me.toAccept.length === 0)) return null;
  return (
    <Suspense fallback={null}>
      <MemberBanners />
    </Suspense>
  );
}

/** The tray, fetched when something runs. */
function Running() {
  const runs = useQuery(runningQuery).data;
  if (runs === undefined || runs.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <Tray />
    </Suspense>
  );
}

/** On a phone: what can be made, in a row below the bar, on the pages where things are made. */
function KindRow() {
  const { t, i18n } = useLingui();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (!kinds.some((kind) => path.startsWith(kind.path))) return null;
  return (
    <nav className={classes.kindRow} aria-label={t`What to make`}>
      {kinds.map(({ kind, path: to, name }) => (
        <Link key={kind} to={to} className={classes.kindTab}>
          {i18n._(name)}
        </Link>
      ))}
    </nav>
  );
}
