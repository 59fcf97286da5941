import type { Model } from '#contract/catalogue.ts';
import type { Generation } from '#contract/generations.ts';
import { usePaying } from '../create/paying.ts';
import type { Ask } from '../create/quote.ts';
import { sumOf } from './sum.ts';

export type Slot = ReturnType<typeof usePaying> & { model: Model };

/** What one prompt is for a model of this kind. */
function askOf(model: Model, words: string): Ask {
  const params = model.kind === 'text' ? { messages: [{ role: 'user', content: words }] } : { prompt: words };
  return { modelId: model.id, params, fileIds: [] };
}

/** The same prompt for two or three models: each with its own price, hold and charge, started together. */
export function useSlots(
  models: Model[],
  words: string,
  onStarted: (place: number, run: Generation) => void,
) {
  const isEmpty = words.trim() === '';
  const ask = (place: number) => {
    const model = models[place];
    return model === undefined || isEmpty ? null : askOf(model, words);
  };
  // A place that is not taken has a model all the same, and nothing to ask.
  const at = (place: number) => models[place] ?? models[0]!;
  const first = usePaying(at(0), ask(0), (run) => onStarted(0, run));
  const second = usePaying(at(1), ask(1), (run) => onStarted(1, run));
  const third = usePaying(at(2), ask(2), (run) => onStarted(2, run));
  const slots: Slot[] = [first, second, third]
    .slice(0, models.length)
    .map((slot, place) => ({ ...slot, model: at(place) }));
  return {
    slots,
    price: {
      quote: isEmpty ? undefined : sumOf(slots.map(({ price }) => price.quote)),
      isSettled: slots.every(({ price }) => price.isSettled),
    },
    loading: slots.some(({ start }) => start.isPending),
  };
}
