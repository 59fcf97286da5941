import type { GenerationState } from '#contract/generations.ts';

/** States from which nothing moves any more: the hold is captured or released. */
export const finalStates = ['settled', 'released', 'cancelled'] as const satisfies GenerationState[];

export function isFinal(state: GenerationState): boolean {
  return (finalStates as readonly string[]).includes(state);
}

/** What may be asked of a generation in which state; buttons and handlers read this one table. */
const generationCan = {
  cancel: ['held', 'dispatched', 'running', 'delivering', 'unknown'],
  delete: ['settled', 'released', 'cancelled'],
} as const satisfies Record<string, readonly GenerationState[]>;

export function can(action: keyof typeof generationCan, state: GenerationState): boolean {
  return (generationCan[action] as readonly string[]).includes(state);
}

/** A lease says that a live process watches over a generation; it is renewed while it runs. */
export const LEASE_SECONDS = 15;
