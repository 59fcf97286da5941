import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { catalogueSearch } from './catalogue/search.ts';
import { ConsoleShell } from './shell.tsx';
import { supportSearch } from './support/search.ts';

// This router is another one than the studio's, whose types are registered: links here are plain addresses.
const root = createRootRoute({ component: ConsoleShell });

const catalogue = createRoute({ getParentRoute: () => root, path: '/catalogue' });
const cataloguePages = [
  createRoute({
    getParentRoute: () => catalogue,
    path: '/',
    validateSearch: catalogueSearch,
    component: lazyRouteComponent(() => import('./catalogue/catalogue-page.tsx'), 'CataloguePage'),
  }),
  createRoute({
    getParentRoute: () => catalogue,
    path: 'import',
    component: lazyRouteComponent(() => import('./catalogue/import-page.tsx'), 'ImportPage'),
  }),
  // Model ids hold a slash, so the rest of the address is the id.
  createRoute({
    getParentRoute: () => catalogue,
    path: '$',
    component: lazyRouteComponent(() => import('./catalogue/model-page.tsx'), 'ConsoleModelPage'),
  }),
] as const;

const money = createRoute({ getParentRoute: () => root, path: '/money' });
const moneyPages = [
  createRoute({
    getParentRoute: () => money,
    path: '/',
    component: lazyRouteComponent(() => import('./money/money-page.tsx'), 'MoneyPage'),
  }),
  createRoute({
    getParentRoute: () => money,
    path: 'people/$id',
    component: lazyRouteComponent(() => import('./money/member-page.tsx'), 'MemberMoneyPage'),
  }),
  createRoute({
    getParentRoute: () => money,
    path: 'codes',
    component: lazyRouteComponent(() => import('./money/codes-page.tsx'), 'CodesPage'),
  }),
  createRoute({
    getParentRoute: () => money,
    path: 'invoices',
    component: lazyRouteComponent(() => import('./money/invoices-page.tsx'), 'InvoicesPage'),
  }),
] as const;

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
  money.addChildren(moneyPages),
  createRoute({
    getParentRoute: () => root,
    path: '/payments',
    component: lazyRouteComponent(() => import('./payments/payments-page.tsx'), 'PaymentsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/support',
    validateSearch: supportSearch,
    component: lazyRouteComponent(() => import('./support/queue-page.tsx'), 'SupportPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/support/$id',
    component: lazyRouteComponent(() => import('./support/thread-page.tsx'), 'SupportThreadPage'),
  }),
  catalogue.addChildren(cataloguePages),
  createRoute({
    getParentRoute: () => root,
    path: '/providers',
    component: lazyRouteComponent(() => import('./catalogue/providers-page.tsx'), 'ProvidersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/routes',
    component: lazyRouteComponent(() => import('./routes-page.tsx'), 'RoutesPage'),
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
