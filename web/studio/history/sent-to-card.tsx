import { Trans } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import type { Generation } from '#contract/generations.ts';
import { bytesText, When } from '../../ui/when.tsx';
import classes from './history.module.css';

/** Where the data of this run went, as it was recorded when it left. */
export function SentToCard({ run }: { run: Generation }) {
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Where your data went</Trans>
      </Title>
      {run.sentTo.length === 0 ? (
        <Text size="sm" c="var(--ml-text-2)">
          {run.finishedAt === null ? <Trans>Nowhere yet.</Trans> : <Trans>Nowhere.</Trans>}
        </Text>
      ) : (
        <dl className={classes.facts}>
          {run.sentTo.map((receipt) => (
            <div key={receipt.at + receipt.host}>
              <dt>
                {receipt.provider}, {receipt.region}
              </dt>
              <dd>
                <bdi dir="ltr">{receipt.host}</bdi> · {receipt.kinds.join(', ')} · {bytesText(receipt.bytes)}{' '}
                · <When at={receipt.at} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
