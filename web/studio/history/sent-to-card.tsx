import { Trans } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import type { Generation } from '#contract/generations.ts';
import { bytesText, When } from '../../ui/when.tsx';
import { FallbackWords } from '../create/fallback-words.tsx';
import classes from './history.module.css';

/** Where the data of this run went, as it was recorded when it left, and by which ways it was tried. */
export function SentToCard({ run }: { run: Generation }) {
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Where your data went</Trans>
      </Title>
      <FallbackWords run={run} />
      {run.sentTo.length === 0 ? (
        <Text size="sm" c="var(--ml-text-2)">
          {run.finishedAt === null ? <Trans>Nowhere yet.</Trans> : <Trans>Nowhere.</Trans>}
        </Text>
      ) : (
        <dl className={classes.facts}>
          {run.sentTo.map((receipt) => (
            <div key={receipt.at + receipt.host}>
              <dt>
                {nameOf(run, receipt.provider)}, {receipt.region}
              </dt>
              <dd>
                <bdi dir="ltr">{receipt.host}</bdi> · {receipt.kinds.join(', ')} · {bytesText(receipt.bytes)}{' '}
                · <When at={receipt.at} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {run.tries.length > 1 ? <Tries run={run} /> : null}
    </section>
  );
}

/** A provider's name, as its tries have it. */
const nameOf = (run: Generation, id: string) =>
  run.tries.find(({ provider }) => provider === id)?.providerName ?? id;

function Tries({ run }: { run: Generation }) {
  return (
    <>
      <Title order={3} size="h4" mt="md">
        <Trans>Tries</Trans>
      </Title>
      <ol className={classes.tries}>
        {run.tries.map((made) => (
          <li key={made.at + made.route}>
            <bdi dir="ltr">{made.route}</bdi>, {made.region}: <Outcome outcome={made.outcome} /> ·{' '}
            <When at={made.at} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** What came of a try, in a person's words. */
function Outcome({ outcome }: { outcome: Generation['tries'][number]['outcome'] }) {
  switch (outcome) {
    case 'answered':
      return <Trans>answered</Trans>;
    case 'sent':
      return <Trans>sent</Trans>;
    case 'unavailable':
      return <Trans>not asked, as it had not been answering</Trans>;
    case 'rate_limited':
      return <Trans>took no more requests</Trans>;
    case 'overloaded':
      return <Trans>overloaded or not reached</Trans>;
    case 'auth':
      return <Trans>refused our access</Trans>;
    case 'timeout':
      return <Trans>did not answer in time</Trans>;
    case 'rejected_content':
      return <Trans>declined it under its rules</Trans>;
    case 'bad_input':
      return <Trans>did not accept it as it was</Trans>;
    case 'unknown':
      return <Trans>could not do it</Trans>;
    default:
      return outcome satisfies never;
  }
}
