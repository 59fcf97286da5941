import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Model } from '#contract/catalogue.ts';
import { acknowledgeProvider, listAcknowledgements } from '#contract/generations.ts';
import { call } from '../call.ts';

/** Of which providers the person was told, and by what version of their facts (clause 5.3). */
export const toldQuery = queryOptions({
  queryKey: ['acknowledgements'],
  queryFn: async () => (await call(listAcknowledgements)).items,
  staleTime: 5 * 60_000,
});

type Told = { providerId: string; isCurrent: boolean };

export const isTold = (told: Told[], { id }: Model['provider']) =>
  told.some((one) => one.providerId === id && one.isCurrent);

/** Notes that the person was told of this provider. */
export function useAcknowledge({ id, version }: Model['provider'], onDone?: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => call(acknowledgeProvider, { providerId: id, version }),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: toldQuery.queryKey });
      onDone?.();
    },
  });
}
