import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { payInvoice } from '#contract/console-money.ts';
import { newId } from '../../ui/ids.ts';
import { exactAmount } from '../../ui/money.ts';
import shared from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import { microOf } from './amounts.ts';
import classes from './money.module.css';
import { useDecision } from './queries.ts';
import { REASON_LEAST } from './words.tsx';

interface InvoiceFormProps {
  owed: { provider: string; accruedMicro: bigint };
  /** Accounts of ours that were used before. */
  banks: string[];
  onDone: () => void;
}

/** Books an invoice that was paid at the bank. */
export function InvoiceForm({ owed: { provider, accruedMicro: owed }, banks, onDone }: InvoiceFormProps) {
  const { t } = useLingui();
  const [id] = useState(newId);
  const [number, setNumber] = useState('');
  const [invoiced, setInvoiced] = useState('');
  const [accrued, setAccrued] = useState(exactAmount(owed > 0n ? owed : 0n).replace(' USD', ''));
  const [bank, setBank] = useState(banks[0] ?? '');
  const edit = useDecision(payInvoice);
  const invoicedMicro = microOf(invoiced);
  const accruedMicro = /^0([.,]0*)?$/.test(accrued.trim()) ? 0n : microOf(accrued);
  return (
    <section className={`${classes.card} ${shared.apart}`} aria-label={t`An invoice of ${provider}`}>
      <Title order={3} size="h4" mb="xs">
        <Trans>An invoice of {provider}</Trans>
      </Title>
      <ReasonForm
        lead={
          <Trans>
            Book it once it was paid at the bank. What it differs from what had accrued goes to the cost of
            models.
          </Trans>
        }
        action={<Trans>Book as paid</Trans>}
        edit={edit}
        least={REASON_LEAST}
        missing={faultOf({ number, invoicedMicro, accruedMicro, bank, owed })}
        onSubmit={(reason) =>
          invoicedMicro === null || accruedMicro === null
            ? undefined
            : edit.mutate(
                { id, provider, number, invoicedMicro, accruedMicro, bank, reason },
                { onSuccess: onDone },
              )
        }
      >
        <div className={classes.two}>
          <TextInput
            label={t`Number of the invoice`}
            maxLength={60}
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          <TextInput
            label={t`Invoiced, in dollars`}
            inputMode="decimal"
            value={invoiced}
            onChange={(event) => setInvoiced(event.currentTarget.value)}
          />
          <TextInput
            label={t`Of what had accrued, in dollars`}
            inputMode="decimal"
            value={accrued}
            onChange={(event) => setAccrued(event.currentTarget.value)}
          />
          <Autocomplete label={t`Paid from`} data={banks} maxLength={60} value={bank} onChange={setBank} />
        </div>
      </ReasonForm>
    </section>
  );
}

function faultOf(typed: {
  number: string;
  invoicedMicro: bigint | null;
  accruedMicro: bigint | null;
  bank: string;
  owed: bigint;
}): ReactNode {
  if (typed.number.trim() === '') return <Trans>The number that stands on the invoice.</Trans>;
  if (typed.invoicedMicro === null) return <Trans>What was invoiced, in dollars, above 0.</Trans>;
  if (typed.accruedMicro === null) return <Trans>How much had accrued for it: 0 or more.</Trans>;
  if (typed.accruedMicro > 0n && typed.accruedMicro > typed.owed)
    return <Trans>Less than that had accrued.</Trans>;
  if (typed.bank.trim().length < 2) return <Trans>The account of ours that paid it.</Trans>;
  return null;
}
