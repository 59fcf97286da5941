import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { meQuery } from '../../ui/queries.ts';

/** After a sign-in: learns who it is, then goes where the person was about to go. */
export function useArrive(next: string | undefined): () => Promise<void> {
  const cache = useQueryClient();
  const router = useRouter();
  return async () => {
    await cache.fetchQuery({ ...meQuery, staleTime: 0 });
    // The console is an entry of its own.
    if (next?.startsWith('/console')) location.assign(next);
    else router.history.push(next ?? '/create');
  };
}
