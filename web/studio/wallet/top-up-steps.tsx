import { Trans } from '@lingui/react/macro';
import { IconAlertTriangle, IconCircle, IconCircleCheck, IconClock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TopUp } from '#contract/wallet.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import classes from './wallet.module.css';

type StepState = 'done' | 'now' | 'later' | 'failed';
const signs = { done: IconCircleCheck, now: IconClock, later: IconCircle, failed: IconAlertTriangle };

/** Sent → Received → In your wallet; says who acts next and by when. */
export function TopUpSteps({ topUp }: { topUp: TopUp }) {
  const { state } = topUp;
  const settled = state === 'settled';
  const over = state === 'failed' || state === 'expired' || state === 'cancelled';
  return (
    <ol className={classes.steps} aria-live="polite">
      <Step state={over ? 'failed' : state === 'asked' ? 'now' : 'done'}>
        <First topUp={topUp} />
      </Step>
      {over ? null : (
        <>
          <Step state={settled ? 'done' : state === 'pending' ? 'now' : 'later'}>
            {state === 'pending' ? (
              <Trans>
                Your bank has not confirmed yet. Usually under a minute. You may close this page; we add the
                money when it comes.
              </Trans>
            ) : (
              <Trans>Received</Trans>
            )}
          </Step>
          <Step state={settled ? 'done' : 'later'}>
            {settled ? (
              <Trans>
                <Amount micro={topUp.amountMicro} as="balance" /> is in your wallet.
              </Trans>
            ) : (
              <Trans>In your wallet</Trans>
            )}
          </Step>
        </>
      )}
    </ol>
  );
}

function First({ topUp }: { topUp: TopUp }) {
  const last4 = topUp.card?.last4;
  switch (topUp.state) {
    case 'asked':
      return (
        <Trans>
          Waiting for you to pay. The payment page is open until <When at={topUp.expiresAt} only="time" />.
          Nothing has been charged.
        </Trans>
      );
    case 'failed':
      return <Trans>Your bank did not allow this payment. Nothing was charged. Try another card.</Trans>;
    case 'expired':
      return <Trans>The payment page has expired. Nothing was charged.</Trans>;
    case 'cancelled':
      return <Trans>You left the payment page. Nothing was charged.</Trans>;
    default:
      return last4 ? (
        <Trans>
          Sent from the card ending <bdi dir="ltr">{last4}</bdi>
        </Trans>
      ) : (
        <Trans>Sent</Trans>
      );
  }
}

function Step({ state, children }: { state: StepState; children: ReactNode }) {
  const Sign = signs[state];
  return (
    <li className={classes.step} data-state={state}>
      <Sign size={24} stroke={1.75} aria-hidden />
      <span className={classes.stepWords}>{children}</span>
    </li>
  );
}
