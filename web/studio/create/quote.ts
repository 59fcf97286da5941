import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { quoteGeneration } from '#contract/generations.ts';
import { call, type Input } from '../../call.ts';

export type Ask = Input<typeof quoteGeneration>;

/** A little less than the five minutes that a quote lives. */
const FRESH_MS = 4 * 60_000;

/**
 * The price of what stands in the form, asked anew a moment after each change. `isSettled` is false while the price
 * shown is not yet that of the form.
 */
export function useQuote(ask: Ask | null) {
  // The ask as text: equal asks are one price, however often they were put together.
  const wanted = ask === null ? '' : JSON.stringify(ask);
  const [asked] = useDebouncedValue(wanted, 150);
  const quote = useQuery({
    queryKey: ['quote', asked],
    queryFn: () => call(quoteGeneration, JSON.parse(asked) as Ask),
    enabled: asked !== '',
    placeholderData: asked === '' ? undefined : keepPreviousData,
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    gcTime: FRESH_MS,
    retry: false,
  });
  const isSettled = asked === wanted && quote.isSuccess && !quote.isPlaceholderData;
  return {
    quote: wanted === '' ? undefined : quote.data,
    error: quote.error,
    isSettled,
    renew: quote.refetch,
  };
}
