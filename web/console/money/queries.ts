import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { getMoneyOfMember, getPayables, listCodes, listProposals } from '#contract/console-money.ts';
import type { Endpoint } from '#contract/endpoint.ts';
import { call, type Input } from '../../call.ts';

const KEY = ['console', 'money'];

const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { next: string | null }) => page.next ?? undefined,
};

export const proposalsQuery = (state: 'waiting' | 'decided', memberId?: string) =>
  infiniteQueryOptions({
    queryKey: [...KEY, 'proposals', state, memberId],
    queryFn: ({ pageParam }) => call(listProposals, { state, memberId, before: pageParam }),
    ...pages,
  });

export const memberQuery = (id: string) =>
  queryOptions({ queryKey: [...KEY, 'people', id], queryFn: () => call(getMoneyOfMember, { id }) });

export const codesQuery = infiniteQueryOptions({
  queryKey: [...KEY, 'codes'],
  queryFn: ({ pageParam }) => call(listCodes, { before: pageParam }),
  ...pages,
});

export const payablesQuery = queryOptions({
  queryKey: [...KEY, 'payables'],
  queryFn: () => call(getPayables),
});

/** One decision about money; once it is done, every page about money is read again. */
export function useDecision<E extends Endpoint>(endpoint: E) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<E>) =>
      (call as (of: Endpoint, input: unknown) => Promise<unknown>)(endpoint, input),
    onSuccess: () => cache.invalidateQueries({ queryKey: KEY }),
  });
}
