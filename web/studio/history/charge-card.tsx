import { Trans } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Generation } from '#contract/generations.ts';
import { Amount } from '../../ui/amount.tsx';
import { LinkText } from '../../ui/link.tsx';
import { When } from '../../ui/when.tsx';
import classes from './history.module.css';

/** Held → used → charged → released, as the wallet has it. */
export function ChargeCard({ run }: { run: Generation }) {
  const isOver = run.finishedAt !== null;
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Charge</Trans>
      </Title>
      <dl className={classes.facts}>
        <Row name={<Trans>Held at the start</Trans>}>
          <Amount micro={run.heldMicro} />
        </Row>
        {run.units.map((line) => (
          <Row key={line.unit + line.label} name={`${line.quantity} × ${line.label}`}>
            <Amount micro={line.amountMicro} />
          </Row>
        ))}
        <Row name={<Trans>Charged</Trans>} isStrong>
          <Charged run={run} />
        </Row>
        {isOver ? (
          <Row name={<Trans>Released</Trans>}>
            <Amount micro={run.releasedMicro} as="balance" />
          </Row>
        ) : null}
        {run.heldUntil === null ? null : (
          <Row name={<Trans>Held until, at the latest</Trans>}>
            <When at={run.heldUntil} />
          </Row>
        )}
      </dl>
      {run.cameLate ? (
        <Text size="sm" mt="sm">
          <Trans>
            This came after we had given its sum back to you. It was charged then, and never more than had
            been held.
          </Trans>
        </Text>
      ) : null}
      <Text size="xs" c="dimmed" mt="sm">
        {run.countedBy === 'provider' ? <Trans>Counted by the provider.</Trans> : null}
        {run.countedBy === 'estimated' ? (
          <Trans>Counted by us, as the provider reported nothing.</Trans>
        ) : null}{' '}
        <Trans>
          Prices of <When at={run.pricesFrom} only="date" />.
        </Trans>{' '}
        <LinkText to="/wallet">
          <Trans>See the wallet</Trans>
        </LinkText>
      </Text>
    </section>
  );
}

function Charged({ run }: { run: Generation }) {
  if (run.finishedAt === null) return <Trans>Not yet</Trans>;
  return run.chargedMicro === 0n ? <Trans>Nothing</Trans> : <Amount micro={run.chargedMicro} />;
}

export function Row(props: { name: ReactNode; isStrong?: boolean; children: ReactNode }) {
  return (
    <div className={classes.fact} data-strong={props.isStrong || undefined}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
