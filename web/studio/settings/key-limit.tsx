import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ApiKey, setApiKeyLimit } from '#contract/members.ts';
import { call } from '../../call.ts';
import { keysQuery } from './keys-query.ts';
import { type Limit, LimitForm, LimitUse } from './limit-form.tsx';
import classes from './settings.module.css';

/** What a key may spend and has spent; the form opens below it. */
export function KeyLimit({ apiKey }: { apiKey: ApiKey }) {
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: (limit: Limit | null) => call(setApiKeyLimit, { id: apiKey.id, limit }),
    onSuccess: (fresh) =>
      cache.setQueryData(keysQuery.queryKey, (keys: ApiKey[] = []) =>
        keys.map((key) => (key.id === fresh.id ? fresh : key)),
      ),
  });
  return (
    <details className={classes.limit}>
      <summary>{apiKey.limit === null ? <Trans>No limit</Trans> : <LimitUse limit={apiKey.limit} />}</summary>
      <LimitForm
        key={apiKey.limit === null ? 'none' : `${apiKey.limit.period} ${apiKey.limit.limitMicro}`}
        limit={apiKey.limit}
        periods
        save={(limit) => save.mutate(limit)}
        saving={save.isPending}
        error={save.error}
      />
    </details>
  );
}
