import '../ui/styles.ts';
import { RouterProvider } from '@tanstack/react-router';
import type { Catalogue } from '../ui/language.ts';
import { meQuery } from '../ui/queries.ts';
import { queryClient, start } from '../ui/root.tsx';
import { consoleRouter } from './router.tsx';

const found = import.meta.glob<Awaited<ReturnType<Catalogue>>>('../locales/console/*.po');
const catalogues = Object.fromEntries(
  Object.entries(found).map(([file, load]) => [file.slice(file.lastIndexOf('/') + 1, -3), load]),
);

void queryClient.prefetchQuery(meQuery);
await start(catalogues, () => <RouterProvider router={consoleRouter} />);
