import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { meQuery, modelsQuery, walletQuery } from '../ui/queries.ts';
import { compareSearch } from './compare/search.ts';
import { contactSearch } from './contact/search.ts';
import type { MediaKind } from './create/media-page.tsx';
import { chatSearch, mediaSearch } from './create/search.ts';
import { historySearch } from './history/search.ts';
import { authSearch, modelsSearch, returnSearch, topUpSearch } from './search.ts';
import { BrokenPage } from './shell/broken-page.tsx';
import { MissingPage } from './shell/missing-page.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Shell,
  errorComponent: BrokenPage,
  notFoundComponent: MissingPage,
});

/** Pages that anyone may read. */
const landing = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery).catch(() => null);
    if (me !== null) throw redirect({ to: '/create' });
  },
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('./landing/landing-page.tsx'), 'LandingPage'),
});
const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
});
const modelList = createRoute({
  getParentRoute: () => models,
  path: '/',
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import('./models/models-page.tsx'), 'ModelsPage'),
});
/** Model ids hold a slash, so the rest of the address is the id. */
const model = createRoute({
  getParentRoute: () => models,
  path: '$',
  component: lazyRouteComponent(() => import('./models/model-page.tsx'), 'ModelPage'),
});
const pricing = createRoute({
  getParentRoute: () => root,
  path: '/pricing',
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('./models/pricing-page.tsx'), 'PricingPage'),
});
const policy = createRoute({
  getParentRoute: () => root,
  path: '/legal/$document',
  component: lazyRouteComponent(() => import('./legal/policy-page.tsx'), 'PolicyPage'),
});
const cookies = createRoute({
  getParentRoute: () => root,
  path: '/legal/cookies',
  component: lazyRouteComponent(() => import('./legal/cookies-page.tsx'), 'CookiesPage'),
});
const contact = createRoute({
  getParentRoute: () => root,
  path: '/contact',
  validateSearch: contactSearch,
  component: lazyRouteComponent(() => import('./contact/contact-page.tsx'), 'ContactPage'),
});
const conversationWithUs = createRoute({
  getParentRoute: () => root,
  path: '/contact/$id',
  component: lazyRouteComponent(() => import('./contact/thread-page.tsx'), 'ThreadPage'),
});
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => import('./legal/status-page.tsx'), 'StatusPage'),
});
const subprocessors = createRoute({
  getParentRoute: () => root,
  path: '/legal/subprocessors',
  component: lazyRouteComponent(() => import('./legal/subprocessors-page.tsx'), 'SubprocessorsPage'),
});
const news = createRoute({
  getParentRoute: () => root,
  path: '/news/$what/$token',
  component: lazyRouteComponent(() => import('./privacy/news-page.tsx'), 'NewsPage'),
});

/** Ways in. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: authSearch,
  component: lazyRouteComponent(() => import('./auth/sign-in-page.tsx'), 'SignInPage'),
});
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: authSearch,
  component: lazyRouteComponent(() => import('./auth/sign-up-page.tsx'), 'SignUpPage'),
});
const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  validateSearch: authSearch,
  component: lazyRouteComponent(() => import('./auth/verify-page.tsx'), 'VerifyPage'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  validateSearch: authSearch,
  component: lazyRouteComponent(() => import('./auth/reset-page.tsx'), 'ResetPage'),
});

/** Pages of the signed-in person. */
const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (me === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
});
const chat = createRoute({
  getParentRoute: () => member,
  path: '/chat',
  validateSearch: chatSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('./create/chat-page.tsx'), 'ChatPage'),
});
const conversation = createRoute({
  getParentRoute: () => member,
  path: '/chat/$id',
  validateSearch: chatSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('./create/chat-page.tsx'), 'ChatPage'),
});
const compare = createRoute({
  getParentRoute: () => member,
  path: '/compare',
  validateSearch: compareSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(modelsQuery),
  component: lazyRouteComponent(() => import('./compare/compare-page.tsx'), 'ComparePage'),
});
const MediaPage = lazyRouteComponent(() => import('./create/media-page.tsx'), 'MediaPage');
function mediaRoute<Path extends string>(path: Path, kind: MediaKind) {
  return createRoute({
    getParentRoute: () => member,
    path,
    validateSearch: mediaSearch,
    loader: ({ context }) => {
      void MediaPage.preload?.();
      void context.queryClient.prefetchQuery(modelsQuery);
    },
    component: () => <MediaPage kind={kind} />,
  });
}
const history = createRoute({
  getParentRoute: () => member,
  path: '/history',
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import('./history/history-page.tsx'), 'HistoryPage'),
});
const generation = createRoute({
  getParentRoute: () => member,
  path: '/g/$id',
  component: lazyRouteComponent(() => import('./history/generation-page.tsx'), 'GenerationPage'),
});
const create = createRoute({
  getParentRoute: () => member,
  path: '/create',
  beforeLoad: () => {
    throw redirect({ to: '/chat' });
  },
});
const more = createRoute({
  getParentRoute: () => member,
  path: '/more',
  component: lazyRouteComponent(() => import('./shell/more-page.tsx'), 'MorePage'),
});
const wallet = createRoute({
  getParentRoute: () => member,
  path: '/wallet',
  loader: ({ context }) => void context.queryClient.prefetchQuery(walletQuery),
  component: lazyRouteComponent(() => import('./wallet/wallet-page.tsx'), 'WalletPage'),
});
const statement = createRoute({
  getParentRoute: () => member,
  path: '/wallet/statement',
  component: lazyRouteComponent(() => import('./wallet/statement-page.tsx'), 'StatementPage'),
});
const topUp = createRoute({
  getParentRoute: () => member,
  path: '/wallet/top-up',
  validateSearch: topUpSearch,
  component: lazyRouteComponent(() => import('./wallet/top-up-page.tsx'), 'TopUpPage'),
});
const topUpState = createRoute({
  getParentRoute: () => member,
  path: '/wallet/top-up/$id',
  validateSearch: returnSearch,
  component: lazyRouteComponent(() => import('./wallet/top-up-state-page.tsx'), 'TopUpStatePage'),
});
const settings = createRoute({
  getParentRoute: () => member,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-frame.tsx'), 'SettingsFrame'),
});
const section = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => settings, path, component });
const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/profile' });
  },
});
const sections = [
  section(
    'profile',
    lazyRouteComponent(() => import('./settings/profile-section.tsx'), 'ProfileSection'),
  ),
  section(
    'security',
    lazyRouteComponent(() => import('./settings/security-section.tsx'), 'SecuritySection'),
  ),
  section(
    'privacy',
    lazyRouteComponent(() => import('./settings/privacy-section.tsx'), 'PrivacySection'),
  ),
  section(
    'keys',
    lazyRouteComponent(() => import('./settings/keys-section.tsx'), 'KeysSection'),
  ),
  section(
    'spending',
    lazyRouteComponent(() => import('./settings/spending-section.tsx'), 'SpendingSection'),
  ),
  section(
    'appearance',
    lazyRouteComponent(() => import('./settings/appearance-section.tsx'), 'AppearanceSection'),
  ),
] as const;

const tree = root.addChildren([
  landing,
  models.addChildren([modelList, model]),
  pricing,
  policy,
  cookies,
  subprocessors,
  news,
  status,
  contact,
  conversationWithUs,
  signIn,
  signUp,
  verify,
  reset,
  member.addChildren([
    chat,
    conversation,
    compare,
    mediaRoute('/image', 'image'),
    mediaRoute('/video', 'video'),
    mediaRoute('/speech', 'speech'),
    mediaRoute('/sound', 'sound'),
    mediaRoute('/music', 'music'),
    history,
    generation,
    create,
    more,
    wallet,
    statement,
    topUp,
    topUpState,
    settings.addChildren([settingsIndex, ...sections]),
  ]),
]);

export function createStudioRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    // Freshness is the query cache's business.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createStudioRouter>;
  }
  interface HistoryState {
    email?: string;
  }
}
