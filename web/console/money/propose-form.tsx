import { Trans, useLingui } from '@lingui/react/macro';
import { Group, Radio, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { propose, type ReasonCode } from '#contract/console-money.ts';
import { newId } from '../../ui/ids.ts';
import { ReasonForm } from '../reason-form.tsx';
import { microOf } from './amounts.ts';
import classes from './money.module.css';
import { useDecision } from './queries.ts';
import { REASON_LEAST, ReasonCodeSelect, SignedAmount } from './words.tsx';

interface ProposeFormProps {
  kind: 'adjustment' | 'write_off';
  memberId: string;
  /** What is owed: more is not given up. */
  mostMicro?: bigint;
}

/** Proposes to correct a wallet or to give up a debt. After each proposal the form is a new one. */
export function ProposeForm(props: ProposeFormProps) {
  const { t } = useLingui();
  const [done, setDone] = useState(0);
  const isDebt = props.kind === 'write_off';
  return (
    <section className={classes.card} aria-label={isDebt ? t`Give up a debt` : t`Correct the wallet`}>
      <Title order={2} size="h3" mb="xs">
        {isDebt ? <Trans>Give up a debt</Trans> : <Trans>Correct the wallet</Trans>}
      </Title>
      <Fields key={done} {...props} onDone={() => setDone(done + 1)} />
      <Text size="sm" role="status" mt="xs" c="var(--ml-ok)">
        {done > 0 ? <Trans>Proposed. It waits for a second person.</Trans> : null}
      </Text>
    </section>
  );
}

function Fields({ kind, memberId, mostMicro, onDone }: ProposeFormProps & { onDone: () => void }) {
  const { t } = useLingui();
  const isDebt = kind === 'write_off';
  const [id] = useState(newId);
  const [direction, setDirection] = useState<'give' | 'take'>('give');
  const [typed, setTyped] = useState('');
  const [reasonCode, setReasonCode] = useState<ReasonCode>(isDebt ? 'uncollectible' : 'goodwill');
  const edit = useDecision(propose);
  const size = microOf(typed);
  const amountMicro = size === null ? null : direction === 'take' ? -size : size;
  return (
    <ReasonForm
      lead={
        isDebt ? (
          <Trans>What the member no longer has to pay. Spending goes on once nothing is owed.</Trans>
        ) : (
          <Trans>The member sees the row “Corrected” once a second person has approved it.</Trans>
        )
      }
      action={
        amountMicro === null ? (
          <Trans>Propose</Trans>
        ) : (
          <Text span inherit>
            <Trans>
              Propose <SignedAmount micro={amountMicro} />
            </Trans>
          </Text>
        )
      }
      edit={edit}
      least={REASON_LEAST}
      missing={
        size === null ? (
          <Trans>An amount in dollars, above 0.</Trans>
        ) : mostMicro !== undefined && size > mostMicro ? (
          <Trans>Less than that is owed.</Trans>
        ) : null
      }
      onSubmit={(reason) =>
        amountMicro === null
          ? undefined
          : edit.mutate({ id, kind, memberId, amountMicro, reasonCode, reason }, { onSuccess: onDone })
      }
    >
      {isDebt ? null : (
        <Radio.Group
          label={t`Direction`}
          value={direction}
          onChange={(value) => setDirection(value as typeof direction)}
        >
          <Group mt="xs">
            <Radio value="give" label={t`Give to the member`} />
            <Radio value="take" label={t`Take from the member`} />
          </Group>
        </Radio.Group>
      )}
      <TextInput
        label={t`Amount in dollars`}
        inputMode="decimal"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ReasonCodeSelect value={reasonCode} onChange={setReasonCode} />
    </ReasonForm>
  );
}
