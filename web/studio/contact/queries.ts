import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { getTicket, listTickets, openByLink } from '#contract/support.ts';
import { call } from '../../call.ts';

export const ticketsQuery = infiniteQueryOptions({
  queryKey: ['tickets'],
  queryFn: ({ pageParam }) => call(listTickets, { before: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

/** A conversation: by the link that was mailed where there is a key, else as the signed-in member's own. */
export const threadQuery = (id: string, key: string | null) =>
  queryOptions({
    queryKey: ['thread', id, key],
    queryFn: () => (key === null ? call(getTicket, { id }) : call(openByLink, { id, key })),
  });
