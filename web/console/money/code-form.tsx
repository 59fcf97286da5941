import { Trans, useLingui } from '@lingui/react/macro';
import { Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { makeCode } from '#contract/console-money.ts';
import { Amount } from '../../ui/amount.tsx';
import { ReasonForm } from '../reason-form.tsx';
import { microOf } from './amounts.ts';
import classes from './money.module.css';
import { useDecision } from './queries.ts';
import { REASON_LEAST } from './words.tsx';

interface Typed {
  name: string;
  amount: string;
  uses: string;
  lastDay: string;
  lastsDays: string;
}

const empty: Typed = { name: '', amount: '', uses: '1', lastDay: '', lastsDays: '90' };

/** Makes a code; it is shown by whoever is told, and never again. */
export function CodeForm({ onMade }: { onMade: (made: { id: string; code: string }) => void }) {
  const { t } = useLingui();
  const [typed, setTyped] = useState(empty);
  const edit = useDecision(makeCode);
  const wish = wishOf(typed);
  const set = (field: keyof Typed) => ({
    value: typed[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [field]: event.currentTarget.value }),
  });
  return (
    <ReasonForm
      lead={
        <Trans>
          Each member redeems it once. The gift is spent before own money, is never paid out, and ends.
        </Trans>
      }
      action={<Trans>Make the code</Trans>}
      edit={edit}
      least={REASON_LEAST}
      missing={faultOf(typed)}
      onSubmit={(reason) =>
        wish === null
          ? undefined
          : edit.mutate(
              { ...wish, reason },
              { onSuccess: (made) => onMade(made as { id: string; code: string }) },
            )
      }
    >
      <TextInput
        label={t`Name`}
        description={t`Members see it beside the gift.`}
        maxLength={60}
        {...set('name')}
      />
      <div className={classes.two}>
        <TextInput label={t`Amount in dollars`} inputMode="decimal" {...set('amount')} />
        <TextInput label={t`Uses`} inputMode="numeric" {...set('uses')} />
        <TextInput label={t`Last day to redeem (UTC)`} type="date" {...set('lastDay')} />
        <TextInput label={t`The gift lasts, in days`} inputMode="numeric" {...set('lastsDays')} />
      </div>
      {wish === null ? null : (
        <Text size="sm">
          <Trans>
            At most <Amount micro={wish.amountMicro * BigInt(wish.uses)} as="balance" /> are given in all.
          </Trans>
        </Text>
      )}
    </ReasonForm>
  );
}

const MOST_MICRO = 1_000_000_000n;

/** Why it cannot be made yet, the first thing only. */
function faultOf(typed: Typed): ReactNode {
  const amount = microOf(typed.amount);
  if (typed.name.trim().length < 3) return <Trans>A name of three signs or more.</Trans>;
  if (amount === null || amount > MOST_MICRO) return <Trans>An amount in dollars, up to 1,000.</Trans>;
  if (wholeOf(typed.uses, 100_000) === null) return <Trans>Uses: 1 to 100,000.</Trans>;
  if (typed.lastDay === '' || Date.parse(lastMomentOf(typed.lastDay)) < Date.now())
    return <Trans>A last day that is not over.</Trans>;
  if (wholeOf(typed.lastsDays, 730) === null) return <Trans>A gift lasts 1 to 730 days.</Trans>;
  return null;
}

function wishOf(typed: Typed) {
  if (faultOf(typed) !== null) return null;
  return {
    name: typed.name.trim(),
    amountMicro: microOf(typed.amount)!,
    uses: wholeOf(typed.uses, 100_000)!,
    redeemUntil: lastMomentOf(typed.lastDay),
    lastsDays: wholeOf(typed.lastsDays, 730)!,
  };
}

const lastMomentOf = (day: string) => `${day}T23:59:59Z`;

/** From 1 to `most`; null when it is none. */
function wholeOf(text: string, most: number): number | null {
  const whole = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return whole >= 1 && whole <= most ? whole : null;
}
