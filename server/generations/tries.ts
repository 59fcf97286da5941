import type { FaultKind } from '#server/providers/provider.ts';
import type { ProviderRoute } from './configured-routes.ts';

/** What a person demands of the way: a region, and that nobody else is asked when the chosen route takes nothing. */
export interface Wish {
  region: string | null;
  fallback: boolean;
}

export const NO_WISH: Wish = { region: null, fallback: true };

/** `unavailable`: nothing was sent, as the circuit was open or the provider had said that it is full. */
export type TryOutcome = 'sent' | 'answered' | 'unavailable' | FaultKind;

/** One try to have a generation made, as it is kept on it and shown to the person. */
export interface Try {
  at: string;
  routeId: string;
  providerId: string;
  region: string;
  outcome: TryOutcome;
}

export function beginTry(tries: Try[], route: ProviderRoute, outcome: TryOutcome = 'sent'): Try {
  const begun: Try = {
    at: new Date().toISOString(),
    routeId: route.id,
    providerId: route.providerId,
    region: route.region,
    outcome,
  };
  tries.push(begun);
  return begun;
}
