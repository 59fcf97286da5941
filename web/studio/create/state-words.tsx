import { Trans } from '@lingui/react/macro';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconHelpCircle,
  IconLockOpen,
} from '@tabler/icons-react';
import type { Generation, GenerationSummary } from '#contract/generations.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import classes from './create.module.css';

const sign = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;
type Run = GenerationSummary & Partial<Pick<Generation, 'heldUntil'>>;

/** Where a run is and what it cost so far: word, sign and colour. */
export function StateWords({ run }: { run: Run }) {
  switch (run.state) {
    case 'held':
      return (
        <span className={classes.state} data-tone="held">
          <IconClock {...sign} />
          <span>
            <Trans>
              Waiting · <Amount micro={run.heldMicro} /> held, not charged
            </Trans>
          </span>
        </span>
      );
    case 'dispatched':
    case 'running':
    case 'delivering':
      return (
        <span className={classes.state} data-tone="held">
          <IconClock {...sign} />
          <span>
            <Trans>
              Being made · <Amount micro={run.heldMicro} /> held, not charged
            </Trans>
          </span>
        </span>
      );
    case 'unknown':
      return (
        <span className={classes.state} data-tone="held">
          <IconHelpCircle {...sign} />
          <span>
            <Trans>
              Outcome unknown · <Amount micro={run.heldMicro} /> stays held
            </Trans>{' '}
            {run.heldUntil ? (
              <Trans>
                until <When at={run.heldUntil} /> at the latest
              </Trans>
            ) : null}
          </span>
        </span>
      );
    default:
      return <EndWords run={run} />;
  }
}

function EndWords({ run }: { run: Run }) {
  if (run.chargedMicro > 0n)
    return (
      <span className={classes.state} data-tone={run.ending === null ? 'ok' : 'held'}>
        {run.ending === null ? <IconCheck {...sign} /> : <IconAlertTriangle {...sign} />}
        <span>
          <Trans>
            Charged <Amount micro={run.chargedMicro} />
          </Trans>
        </span>
      </span>
    );
  if (run.state === 'settled')
    return (
      <span className={classes.state} data-tone="ok">
        <IconCheck {...sign} />
        <Trans>Free</Trans>
      </span>
    );
  const isStopped = run.ending?.why === 'cancelled';
  return (
    <span className={classes.state} data-tone={isStopped ? undefined : 'danger'}>
      {isStopped ? <IconLockOpen {...sign} /> : <IconBan {...sign} />}
      <span>
        <Trans>
          Not charged · <Amount micro={run.releasedMicro} /> released
        </Trans>
      </span>
    </span>
  );
}
