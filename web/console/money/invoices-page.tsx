import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { getPayables } from '#contract/console-money.ts';
import type { Reply } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import { InvoiceForm } from './invoice-form.tsx';
import classes from './money.module.css';
import { payablesQuery } from './queries.ts';
import { Nothing } from './words.tsx';

type Payables = Reply<typeof getPayables>;

/** What is owed to providers of models, and their invoices that were paid. */
export function InvoicesPage() {
  const { t } = useLingui();
  const payables = useQuery(payablesQuery);
  return (
    <Page title={t`Providers’ invoices`}>
      {payables.isPending ? <Waiting what={<Trans>what is owed</Trans>} rows={4} height={32} /> : null}
      <Refusal error={payables.error} onRetry={() => void payables.refetch()} />
      {payables.data ? <Shown payables={payables.data} /> : null}
    </Page>
  );
}

function Shown({ payables }: { payables: Payables }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const provider = payables.providers.find((each) => each.provider === chosen);
  return (
    <>
      <section className={classes.part}>
        <Title order={2} size="h3">
          <Trans>Owed by the usage that providers told</Trans>
        </Title>
        {provider === undefined ? null : (
          <InvoiceForm key={chosen} owed={provider} banks={payables.banks} onDone={() => setChosen(null)} />
        )}
        <Owed payables={payables} chosen={chosen} onChoose={setChosen} />
      </section>
      <section className={classes.part}>
        <Title order={2} size="h3">
          <Trans>Paid</Trans>
        </Title>
        <Paid payables={payables} />
      </section>
    </>
  );
}

function Owed(props: {
  payables: Payables;
  chosen: string | null;
  onChoose: (provider: string | null) => void;
}) {
  const { t } = useLingui();
  const { providers } = props.payables;
  if (providers.length === 0)
    return (
      <Nothing>
        <Trans>Nothing was used yet.</Trans>
      </Nothing>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={shared.scroll} aria-label={t`Owed`} tabIndex={0}>
      <table className={shared.table}>
        <thead>
          <tr>
            <th scope="col">{t`Provider`}</th>
            <th scope="col" className={shared.end}>{t`Accrued`}</th>
            <th scope="col">{t`Action`}</th>
          </tr>
        </thead>
        <tbody>
          {providers.map(({ provider, accruedMicro }) => (
            <tr key={provider}>
              <td>{provider}</td>
              <td className={shared.end}>
                <Amount micro={accruedMicro} as="balance" />
              </td>
              <td>
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={t`Book an invoice of ${provider}`}
                  aria-expanded={props.chosen === provider}
                  onClick={() => props.onChoose(props.chosen === provider ? null : provider)}
                >
                  <Trans>Book an invoice</Trans>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Paid({ payables: { invoices } }: { payables: Payables }) {
  const { t } = useLingui();
  if (invoices.length === 0)
    return (
      <Nothing>
        <Trans>No invoice was booked yet.</Trans>
      </Nothing>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={shared.scroll} aria-label={t`Paid`} tabIndex={0}>
      <table className={shared.table}>
        <thead>
          <tr>
            <th scope="col">{t`When`}</th>
            <th scope="col">{t`Provider`}</th>
            <th scope="col">{t`Number`}</th>
            <th scope="col" className={shared.end}>{t`Invoiced`}</th>
            <th scope="col" className={shared.end}>{t`Had accrued`}</th>
            <th scope="col">{t`Paid from`}</th>
          </tr>
        </thead>
        <tbody>
          {invoices.map((invoice) => (
            <tr key={invoice.id}>
              <td>
                <When at={invoice.paidAt} />
              </td>
              <td>{invoice.provider}</td>
              <td dir="auto">{invoice.number}</td>
              <td className={shared.end}>
                <Amount micro={invoice.invoicedMicro} />
              </td>
              <td className={shared.end}>
                <Amount micro={invoice.accruedMicro} as="balance" />
              </td>
              <td dir="auto">{invoice.bank}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
