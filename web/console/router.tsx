import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ConsoleShell } from './shell.tsx';

// This router is another one than the studio's, whose types are registered: links here are plain addresses.
const root = createRootRoute({ component: ConsoleShell });

const tree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/overview', replace: true } as never);
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/overview',
    component: lazyRouteComponent(() => import('./overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people',
    component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/ledger',
    component: lazyRouteComponent(() => import('./ledger-page.tsx'), 'LedgerPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/mail',
    component: lazyRouteComponent(() => import('./mail-page.tsx'), 'MailPage'),
  }),
]);

export const consoleRouter = createRouter({
  routeTree: tree,
  basepath: '/console',
  defaultPreload: 'intent',
});
