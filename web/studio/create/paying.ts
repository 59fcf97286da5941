import { useRef } from 'react';
import type { Model } from '#contract/catalogue.ts';
import type { TurnPlace } from '#contract/generations.ts';
import { newId } from '../../ui/ids.ts';
import { useStart } from './generation.ts';
import { type Ask, useQuote } from './quote.ts';
import { useFirstTime } from './refusal.tsx';

/**
 * What stands in a composer, at its price: asked for as one types, told whom it goes to at a first time, and started
 * once however often it is sent. `ask` is null while there is nothing to send; `place` is where the answer goes in its
 * conversation.
 */
export function usePaying(
  model: Model,
  ask: Ask | null,
  onStarted: Parameters<typeof useStart>[0],
  place?: TurnPlace,
) {
  const price = useQuote(ask);
  // One wish, one id: pressing again after a fault asks for the same run.
  const wish = useRef({ id: newId(), of: '' });
  const start = useStart((generation) => {
    wish.current = { id: newId(), of: '' };
    onStarted(generation);
  });
  const firstTime = useFirstTime(model);
  function go() {
    if (ask === null || price.quote === undefined || !price.isSettled) return;
    const of = price.quote.quote;
    if (wish.current.of !== of) wish.current = { id: newId(), of };
    start.mutate({ id: wish.current.id, quote: of, ask, place }, { onError: () => void price.renew() });
  }
  return {
    price,
    start,
    isFirstTime: firstTime.shown,
    /** Whether the person must be told of the provider first; then that is shown. */
    mustTell: firstTime.ask,
    /** Past the first time's question. */
    go,
    send: () => void (firstTime.ask() || go()),
  };
}
