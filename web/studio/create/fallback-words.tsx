import { Trans } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import type { Generation } from '#contract/generations.ts';
import classes from './create.module.css';

/** Says that the first route took nothing and where it went instead, while it runs and after. */
export function FallbackWords({ run }: { run: Generation }) {
  const now = run.tries.at(-1);
  const before = run.tries.filter((made) => made.route !== now?.route).at(-1);
  if (now === undefined || before === undefined) return null;
  return (
    <Text size="sm" mb="xs" className={classes.fallback} role="status">
      {before.providerName === now.providerName ? (
        <Trans>
          {before.providerName} did not take this in {before.region}. Sent to its route in {now.region}.
        </Trans>
      ) : (
        <Trans>
          {before.providerName} did not take this. Sent to {now.providerName} in {now.region}, at the same
          price.
        </Trans>
      )}
    </Text>
  );
}
