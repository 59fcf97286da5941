import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { DirectionProvider, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Refused, Unreachable } from '../call.ts';
import { colorSchemeManager } from './color-scheme.ts';
import { ConfirmProvider } from './confirm.tsx';
import { activate, type Catalogue, directionOf, wantedLanguage } from './language.ts';
import { cssVariables, theme } from './theme.ts';

/** Refusals are answers: only what never arrived is worth another try. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof Refused),
      networkMode: 'always',
      throwOnError: false,
    },
    mutations: {
      retry: (failures, error) => failures < 2 && error instanceof Unreachable,
      networkMode: 'always',
    },
  },
});

/** Starts an entry: the language first, so that no page is ever shown in another one. */
export async function start(catalogues: Record<string, Catalogue>, page: () => ReactNode): Promise<void> {
  const nonce = styleNonce();
  // The scroll lock of dialogs writes a style element of its own and looks for the nonce here.
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  // A new version was put in place while this page stood open: its parts have other names now.
  addEventListener('vite:preloadError', () => {
    if (performance.now() > 10_000) location.reload();
  });
  const language = wantedLanguage(location.search);
  await activate(language, catalogues);
  createRoot(document.getElementById('root')!).render(
    <I18nProvider i18n={i18n}>
      <DirectionProvider initialDirection={directionOf(language)} detectDirection={false}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          colorSchemeManager={colorSchemeManager}
          defaultColorScheme="auto"
          getStyleNonce={() => nonce}
        >
          <QueryClientProvider client={queryClient}>
            <ConfirmProvider>{page()}</ConfirmProvider>
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nProvider>,
  );
}

function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
