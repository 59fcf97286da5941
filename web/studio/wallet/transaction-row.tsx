import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  type Icon,
  IconAdjustments,
  IconArrowBackUp,
  IconCalendarOff,
  IconCheck,
  IconClock,
  IconExchange,
  IconFlag,
  IconGift,
  IconLock,
  IconLockOpen,
  IconPlus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Transaction } from '#contract/wallet.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import classes from './wallet.module.css';

type Tone = 'ok' | 'held' | 'plain';

const looks: Record<Transaction['kind'], { icon: Icon; tone: Tone; word: MessageDescriptor }> = {
  'top-up': { icon: IconPlus, tone: 'ok', word: msg`Added` },
  'top-up-pending': { icon: IconClock, tone: 'held', word: msg`Waiting for the payment` },
  hold: { icon: IconLock, tone: 'held', word: msg`Held, not charged` },
  charge: { icon: IconCheck, tone: 'plain', word: msg`Charged` },
  'late-charge': { icon: IconCheck, tone: 'plain', word: msg`Charged, came after its release` },
  release: { icon: IconLockOpen, tone: 'plain', word: msg`Released, not charged` },
  refund: { icon: IconArrowBackUp, tone: 'plain', word: msg`Paid back` },
  promotion: { icon: IconGift, tone: 'ok', word: msg`Gift` },
  adjustment: { icon: IconAdjustments, tone: 'plain', word: msg`Corrected` },
  dispute: { icon: IconFlag, tone: 'plain', word: msg`Disputed payment` },
  expiry: { icon: IconCalendarOff, tone: 'plain', word: msg`Gift expired` },
  exchange: { icon: IconExchange, tone: 'plain', word: msg`Exchanged` },
};

/** One change: what, when, how much, and the balance after it. Leads to what it was for. */
export function TransactionRow({ row }: { row: Transaction }) {
  const { i18n } = useLingui();
  const { icon: Sign, tone, word } = looks[row.kind];
  const name = row.kind === 'top-up' || row.kind === 'top-up-pending' ? null : row.subject;
  return (
    <RowLink row={row}>
      <span className={classes.sign} data-tone={tone}>
        <Sign size={20} stroke={1.75} aria-hidden />
      </span>
      <span className={classes.what}>
        <span>{i18n._(word)}</span>
        {name ? <bdi> · {name}</bdi> : null}
        <span className={classes.after}>
          <br />
          <When at={row.at} />
        </span>
      </span>
      <span className={classes.sum} data-tone={tone}>
        <Sum row={row} />
        {row.balanceAfterMicro === null ? null : (
          <span className={classes.after}>
            <Trans>
              Balance <Amount micro={row.balanceAfterMicro} as="balance" />
            </Trans>
          </span>
        )}
      </span>
    </RowLink>
  );
}

/** What was held for holds and releases, what was moved for all others, with its sign. */
function Sum({ row }: { row: Transaction }) {
  if (row.kind === 'hold' || row.kind === 'release') return <Amount micro={row.heldMicro ?? 0n} />;
  if (row.amountMicro > 0n && row.kind !== 'top-up-pending')
    return (
      <bdi dir="ltr">
        +<Amount micro={row.amountMicro} as="balance" />
      </bdi>
    );
  return <Amount micro={row.amountMicro} />;
}

function RowLink({ row, children }: { row: Transaction; children: ReactNode }) {
  if (row.generationId !== null)
    return (
      <Link to="/g/$id" params={{ id: row.generationId }} className={classes.row}>
        {children}
      </Link>
    );
  if (row.topUpId !== null)
    return (
      <Link to="/wallet/top-up/$id" params={{ id: row.topUpId }} className={classes.row}>
        {children}
      </Link>
    );
  return <div className={classes.row}>{children}</div>;
}
