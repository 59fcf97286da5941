import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Endpoint } from '#contract/endpoint.ts';
import { call, type Input } from '../../call.ts';

/** One edit of the catalogue; once it is done, every page of it is read again. */
export function useEdit<E extends Endpoint>(endpoint: E) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<E>) =>
      (call as (of: Endpoint, input: unknown) => Promise<unknown>)(endpoint, input),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['console', 'catalogue'] }),
  });
}
