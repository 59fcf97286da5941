import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import {
  listPayouts,
  listStaffDisputes,
  listStaffRefunds,
  listUnmatched,
} from '#contract/console-payments.ts';
import { call } from '../../call.ts';

/** Below one key: a decision about one changes the others. */
export const paymentsKey = ['console', 'payments'];

export const unmatchedQuery = queryOptions({
  queryKey: [...paymentsKey, 'unmatched'],
  queryFn: async () => (await call(listUnmatched)).items,
});

interface PageOf<T> {
  items: T[];
  next: string | null;
}
const pagesOf = <T>(name: string, read: (before: string | undefined) => Promise<PageOf<T>>) =>
  infiniteQueryOptions({
    queryKey: [...paymentsKey, name],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: PageOf<T>) => page.next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

export const disputesQuery = pagesOf('disputes', (before) => call(listStaffDisputes, { before }));
export const refundsQuery = pagesOf('refunds', (before) => call(listStaffRefunds, { before }));
export const payoutsQuery = pagesOf('payouts', (before) => call(listPayouts, { before }));
