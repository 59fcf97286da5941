import { Trans, useLingui } from '@lingui/react/macro';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { getSystem } from '#contract/system.ts';
import { call } from '../call.ts';
import classes from './strips.module.css';

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: () => call(getSystem),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Says on every page that nothing here is real money, while that is so. */
export function SandboxStrip() {
  const { t } = useLingui();
  const system = useQuery(systemQuery).data;
  if (system?.mode !== 'sandbox') return null;
  const list = system.sandboxed.join(', ');
  return (
    <aside className={classes.sandbox} aria-label={t`Sandbox`}>
      <span title={list}>
        <Trans>Sandbox: simulated providers and payments. No real money.</Trans>
      </span>
      {system.mailbox ? (
        <a href={system.mailbox}>
          <Trans>Read the mail</Trans>
        </a>
      ) : null}
    </aside>
  );
}

export function OfflineStrip() {
  const online = useOnline();
  return (
    <div role="status">
      {online ? null : (
        <p className={classes.offline}>
          <Trans>Offline. You can read what is loaded; new work waits.</Trans>
        </p>
      )}
    </div>
  );
}

export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('online', changed);
      addEventListener('offline', changed);
      return () => {
        removeEventListener('online', changed);
        removeEventListener('offline', changed);
      };
    },
    () => navigator.onLine,
  );
}
