import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { type MoneyOfMember, refundCharge } from '#contract/console-money.ts';
import { Amount } from '../../ui/amount.tsx';
import { newId } from '../../ui/ids.ts';
import { exactAmount } from '../../ui/money.ts';
import { When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import { microOf } from './amounts.ts';
import classes from './money.module.css';
import { useDecision } from './queries.ts';
import { Nothing, REASON_LEAST } from './words.tsx';

type Charge = MoneyOfMember['charges'][number];

/** What was charged, and a way to give it back. */
export function Charges({ money: { memberId, charges } }: { money: MoneyOfMember }) {
  const { t } = useLingui();
  const [chosen, setChosen] = useState<string | null>(null);
  const charge = charges.find(({ captureId }) => captureId === chosen);
  if (charges.length === 0)
    return (
      <Nothing>
        <Trans>Nothing was charged yet.</Trans>
      </Nothing>
    );
  return (
    <>
      {charge === undefined ? null : (
        <RefundForm key={chosen} memberId={memberId} charge={charge} onDone={() => setChosen(null)} />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard */}
      <section className={shared.scroll} aria-label={t`Newest charges`} tabIndex={0}>
        <table className={shared.table}>
          <thead>
            <tr>
              <th scope="col">{t`When`}</th>
              <th scope="col">{t`Model`}</th>
              <th scope="col" className={shared.end}>{t`Charged`}</th>
              <th scope="col" className={shared.end}>{t`Given back`}</th>
              <th scope="col">{t`Action`}</th>
            </tr>
          </thead>
          <tbody>
            {charges.map((row) => (
              <ChargeRow
                key={row.captureId}
                charge={row}
                isChosen={row.captureId === chosen}
                onChoose={() => setChosen(row.captureId === chosen ? null : row.captureId)}
              />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function ChargeRow(props: { charge: Charge; isChosen: boolean; onChoose: () => void }) {
  const { t } = useLingui();
  const { at, modelId, capturedMicro, refundedMicro } = props.charge;
  return (
    <tr>
      <td>
        <When at={at} />
      </td>
      <td>
        <bdi dir="ltr">{modelId ?? t`Removed`}</bdi>
      </td>
      <td className={shared.end}>
        <Amount micro={capturedMicro} />
      </td>
      <td className={shared.end}>{refundedMicro === 0n ? null : <Amount micro={refundedMicro} />}</td>
      <td>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={leftOf(props.charge) <= 0n}
          aria-expanded={props.isChosen}
          onClick={props.onChoose}
        >
          {leftOf(props.charge) <= 0n ? <Trans>All given back</Trans> : <Trans>Give back</Trans>}
        </Button>
      </td>
    </tr>
  );
}

function leftOf({ capturedMicro, refundedMicro }: Charge): bigint {
  return capturedMicro - refundedMicro;
}

function RefundForm(props: { memberId: string; charge: Charge; onDone: () => void }) {
  const { t } = useLingui();
  const { memberId, charge } = props;
  const left = leftOf(charge);
  const [id] = useState(newId);
  const [typed, setTyped] = useState(exactAmount(left).replace(' USD', ''));
  const edit = useDecision(refundCharge);
  const amountMicro = microOf(typed);
  return (
    <section className={`${classes.card} ${shared.apart}`} aria-label={t`Give a charge back`}>
      <Title order={3} size="h4" mb="xs">
        <bdi dir="ltr">{charge.modelId ?? t`Removed`}</bdi>, <When at={charge.at} />
      </Title>
      <ReasonForm
        lead={
          <Trans>
            It goes back to where it came from, cash before gifts. The member sees the row “Paid back” at
            once.
          </Trans>
        }
        action={
          amountMicro === null ? (
            <Trans>Give back</Trans>
          ) : (
            <Text span inherit>
              <Trans>
                Give back <Amount micro={amountMicro} />
              </Trans>
            </Text>
          )
        }
        edit={edit}
        least={REASON_LEAST}
        missing={
          amountMicro === null ? (
            <Trans>An amount in dollars, above 0.</Trans>
          ) : amountMicro > left ? (
            <Trans>Less than that is left of the charge.</Trans>
          ) : null
        }
        onSubmit={(reason) =>
          amountMicro === null
            ? undefined
            : edit.mutate(
                { id, memberId, captureId: charge.captureId, amountMicro, reason },
                { onSuccess: props.onDone },
              )
        }
      >
        <TextInput
          label={t`Amount in dollars`}
          inputMode="decimal"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </ReasonForm>
    </section>
  );
}
