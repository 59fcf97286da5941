import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import {
  cancelGeneration,
  deleteGeneration,
  type Generation,
  GenerationEvent,
  getGeneration,
  getThread,
  listGenerations,
  startGeneration,
} from '#contract/generations.ts';
import { call, type Input } from '../../call.ts';
import { walletQuery } from '../../ui/queries.ts';

export const generationQuery = (id: string) =>
  queryOptions({
    queryKey: ['generation', id],
    queryFn: () => call(getGeneration, { id }),
    // While it runs its events keep it fresh; once it has ended it does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How the picture of a run looks so far, while it is watched: a small WebP, base64. Nothing is asked for. */
export const lookQuery = (id: string) =>
  queryOptions({
    queryKey: ['look', id],
    queryFn: (): string | null => null,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** All answers of the conversation that one belongs to. */
export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ['thread', id],
    queryFn: async () => (await call(getThread, { id })).items,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What kind of sound may be heard of a run while it is made; null for none, or not yet. Nothing is asked for. */
export const soundQuery = (id: string) =>
  queryOptions({
    queryKey: ['sound', id],
    queryFn: (): string | null => null,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** All lists of generations are below this key. */
export const GENERATIONS = ['generations'];

/** What is running now, for the tray. */
export const runningQuery = queryOptions({
  queryKey: [...GENERATIONS, 'running'],
  queryFn: async () => (await call(listGenerations, { running: 'true', limit: 20 })).items,
  // Events come for the runs on the page; the others are asked for.
  refetchInterval: (query) => (query.state.data?.length ? 4000 : 30_000),
});

/** One generation, kept fresh by its events while it runs, also after a reload or on another device. */
export function useGeneration(id: string) {
  const cache = useQueryClient();
  const query = useQuery(generationQuery(id));
  const running = query.data !== undefined && query.data.finishedAt === null;
  // The stream of events is outside React.
  useEffect(() => (running ? follow(cache, id) : undefined), [cache, id, running]);
  return query;
}

/** Writes the events of a run into the cache, words at most once a frame. Returns what ends it. */
function follow(cache: QueryClient, id: string): () => void {
  const source = new EventSource(`/api/generations/${id}/events`);
  const { queryKey } = generationQuery(id);
  let words = { text: '', reasoning: '' };
  let frame = 0;
  const change = (next: (known: Generation) => Generation) =>
    cache.setQueryData(queryKey, (known) => known && next(known));
  const flush = () => {
    frame = 0;
    const { text, reasoning } = words;
    words = { text: '', reasoning: '' };
    change((known) => ({
      ...known,
      // Words are the first sign that it runs.
      state: 'running',
      text: text === '' ? known.text : (known.text ?? '') + text,
      reasoning: reasoning === '' ? known.reasoning : (known.reasoning ?? '') + reasoning,
    }));
  };
  source.onmessage = (message: MessageEvent<string>) => {
    const event = GenerationEvent.parse(JSON.parse(message.data));
    if (event.type === 'text' || event.type === 'reasoning') {
      words[event.type] += event.text;
      frame ||= requestAnimationFrame(flush);
    } else if (event.type === 'progress') {
      change((known) => ({ ...known, state: event.state, progress: event.progress }));
    } else if (event.type === 'look') {
      cache.setQueryData(lookQuery(id).queryKey, event.image);
    } else if (event.type === 'sound') {
      cache.setQueryData(soundQuery(id).queryKey, event.mediaType);
    } else if (event.type === 'fallback') {
      change((known) => ({ ...known, tries: event.tries }));
    } else {
      cancelAnimationFrame(frame);
      frame = 0;
      words = { text: '', reasoning: '' };
      cache.setQueryData(queryKey, event.generation);
      if (event.type === 'end') {
        cache.removeQueries({ queryKey: lookQuery(id).queryKey });
        cache.removeQueries({ queryKey: soundQuery(id).queryKey });
        source.close();
        moneyMoved(cache);
      }
    }
  };
  return () => {
    cancelAnimationFrame(frame);
    source.close();
  };
}

function moneyMoved(cache: QueryClient): void {
  void cache.invalidateQueries({ queryKey: walletQuery.queryKey });
  void cache.invalidateQueries({ queryKey: GENERATIONS });
}

/** Starts at the quoted price. The same id twice is the same wish. */
export function useStart(onStarted: (generation: Generation) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (given: Input<typeof startGeneration>) => call(startGeneration, given),
    onSuccess: (generation) => {
      cache.setQueryData(generationQuery(generation.id).queryKey, generation);
      void cache.invalidateQueries({ queryKey: ['thread'] });
      moneyMoved(cache);
      onStarted(generation);
    },
  });
}

/** Stops a run; what was not used is released. */
export function useCancel() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(cancelGeneration, { id }),
    onSuccess: (generation) => {
      cache.setQueryData(generationQuery(generation.id).queryKey, generation);
      moneyMoved(cache);
    },
  });
}

/** Removes prompt, files and outputs for good. The charge stays in the wallet. */
export function useDelete(onDeleted?: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(deleteGeneration, { id }),
    onSuccess: async (_reply, id) => {
      onDeleted?.();
      await cache.invalidateQueries({ queryKey: GENERATIONS });
      cache.removeQueries({ queryKey: generationQuery(id).queryKey });
    },
  });
}
