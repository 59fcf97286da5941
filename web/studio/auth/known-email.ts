import { useRouterState } from '@tanstack/react-router';

/** The address that the page before handed over: with the entry of the history, never in the URL, and so in no log. */
export function useKnownEmail(): string | undefined {
  return useRouterState({ select: (state) => state.location.state.email });
}
