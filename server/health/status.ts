import type { ProviderStatus } from '#contract/system.ts';

/** A provider on offer, and what is known of each way to it. */
export interface SeenProvider {
  id: string;
  name: string;
  routes: readonly SeenWay[];
}

interface SeenWay {
  /** Whether a call would be sent by it now. */
  open: boolean;
  /** Faults in a row that are the provider's own. */
  failures: number;
  /** Until when none is sent, in ms. */
  openUntil: number | null;
}

export function statusOf({ id, name, routes }: SeenProvider): ProviderStatus {
  const shut = routes.filter(({ open }) => !open);
  if (shut.length < routes.length) {
    const isWell = routes.every(({ open, failures }) => open && failures === 0);
    return { id, name, state: isWell ? 'well' : 'ailing', triedAgainAt: null };
  }
  const until = shut.flatMap(({ openUntil }) => (openUntil === null ? [] : [openUntil]));
  return {
    id,
    name,
    state: 'down',
    triedAgainAt: until.length === 0 ? null : new Date(Math.min(...until)).toISOString(),
  };
}
