import '../ui/styles.ts';
import { RouterProvider } from '@tanstack/react-router';
import type { Catalogue } from '../ui/language.ts';
import { meQuery } from '../ui/queries.ts';
import { queryClient, start } from '../ui/root.tsx';
import { createStudioRouter } from './router.tsx';

const found = import.meta.glob<Awaited<ReturnType<Catalogue>>>('../locales/studio/*.po');
const catalogues = Object.fromEntries(
  Object.entries(found).map(([file, load]) => [file.slice(file.lastIndexOf('/') + 1, -3), load]),
);

// Who it is decides what the shell shows: asked for beside the language, not after it.
void queryClient.prefetchQuery(meQuery);
const router = createStudioRouter(queryClient);
await start(catalogues, () => <RouterProvider router={router} />);
