import { queryOptions, useQuery } from '@tanstack/react-query';
import { listModels } from '#contract/catalogue.ts';
import { getMe, type Member } from '#contract/members.ts';
import { getWallet } from '#contract/wallet.ts';
import { call, Refused } from '../call.ts';

/** The signed-in person, or null. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Member | null> => {
    try {
      return await call(getMe);
    } catch (error) {
      if (error instanceof Refused && error.slug === 'not-signed-in') return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const walletQuery = queryOptions({ queryKey: ['wallet'], queryFn: () => call(getWallet) });

/** Every model on offer: public, and the same for all. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await call(listModels)).items,
  // Asked again, it comes only if something changed.
  staleTime: 60_000,
});

/** The signed-in person; null for a visitor and while it is not known yet. */
export function useMe(): Member | null {
  return useQuery(meQuery).data ?? null;
}
