import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Code, Radio, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { STATEMENT_PATH } from '#contract/wallet.ts';
import { reach } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { Page } from '../../ui/page.tsx';
import { When } from '../../ui/when.tsx';
import { type Period, type PeriodChoice, periodOf } from './statement-periods.ts';
import classes from './wallet.module.css';

type Format = 'pdf' | 'csv' | 'json';

const words = {
  'invalid-input': msg`There are too many changes in this period for one file. Choose a shorter one.`,
};

/** A statement of the wallet for any period, as a file. */
export function StatementPage() {
  const { t } = useLingui();
  const [choice, setChoice] = useState<PeriodChoice>('last-month');
  const [own, setOwn] = useState({ from: '', through: '' });
  const [format, setFormat] = useState<Format>('pdf');
  const period = periodOf(choice, own);
  const download = useMutation({ mutationFn: saveStatement });
  return (
    <Page title={t`Statement`} width="form">
      <FormShell
        onSubmit={() => {
          if (period !== null) download.mutate({ period, format });
        }}
        submitError={download.error}
        problemWords={words}
        loading={download.isPending}
        submitDisabled={period === null ? <ChooseDays /> : undefined}
        submitLabel={<Trans>Download {format.toUpperCase()}</Trans>}
        fullWidth
      >
        <Radio.Group label={t`Period`} value={choice} onChange={(value) => setChoice(value as PeriodChoice)}>
          <div className={classes.periods}>
            <PeriodTile choice="this-month" name={t`This month`} />
            <PeriodTile choice="last-month" name={t`Last month`} />
            <PeriodTile choice="this-year" name={t`This year`} />
            <PeriodTile choice="own" name={t`Other days`} />
          </div>
        </Radio.Group>
        {choice === 'own' ? <OwnDays own={own} onChange={setOwn} /> : null}
        <Radio.Group label={t`File`} value={format} onChange={(value) => setFormat(value as Format)}>
          <div className={classes.formats}>
            <Radio value="pdf" label="PDF" description={t`To read, print and hand on.`} />
            <Radio value="csv" label="CSV" description={t`For a spreadsheet: every row, holds too.`} />
            <Radio
              value="json"
              label="JSON"
              description={t`Signed, with proofs that anybody can check offline.`}
            />
          </div>
        </Radio.Group>
      </FormShell>
      {format === 'json' ? <HowToCheck /> : null}
    </Page>
  );
}

function PeriodTile({ choice, name }: { choice: PeriodChoice; name: string }) {
  const period = periodOf(choice, { from: '', through: '' });
  return (
    <Radio.Card value={choice} className={classes.tile}>
      <span className={classes.tileSum}>{name}</span>
      <span className={classes.note}>
        {period === null ? <Trans>You choose both.</Trans> : <Days period={period} />}
      </span>
    </Radio.Card>
  );
}

function Days({ period }: { period: Period }) {
  const last = new Date(Date.parse(period.to) - 86_400_000).toISOString();
  return (
    <Trans>
      <When at={`${period.from}T12:00:00Z`} only="date" /> to{' '}
      <When at={`${last.slice(0, 10)}T12:00:00Z`} only="date" />
    </Trans>
  );
}

function OwnDays({
  own,
  onChange,
}: {
  own: { from: string; through: string };
  onChange: (own: { from: string; through: string }) => void;
}) {
  const { t } = useLingui();
  const today = new Date().toISOString().slice(0, 10);
  return (
    <div className={classes.days}>
      <TextInput
        label={t`First day`}
        type="date"
        max={today}
        value={own.from}
        onChange={(event) => onChange({ ...own, from: event.currentTarget.value })}
      />
      <TextInput
        label={t`Last day`}
        type="date"
        max={today}
        value={own.through}
        onChange={(event) => onChange({ ...own, through: event.currentTarget.value })}
      />
    </div>
  );
}

function ChooseDays() {
  return (
    <Text size="sm" c="var(--ml-text-2)">
      <Trans>Choose the first and the last day, in this order.</Trans>
    </Text>
  );
}

function HowToCheck() {
  return (
    <section className={classes.check}>
      <Title order={2} size="h4">
        <Trans>How to check it</Trans>
      </Title>
      <Text size="sm">
        <Trans>
          The file carries every change with its place in our sealed books, and our signature. Whoever has the
          source of Mluen and Node.js can prove it without a connection:
        </Trans>
      </Text>
      <Code block dir="ltr">
        node server/ledger/check-statement.ts statement.json
      </Code>
      <Text size="sm" c="var(--ml-text-2)">
        <Trans>
          It adds up the balances, follows each change to its seal and looks at the signature. Changes of the
          last minute have no seal yet.
        </Trans>
      </Text>
    </section>
  );
}

/** Fetched before it is saved: a refusal is told here, and not saved as a broken file. */
async function saveStatement({ period, format }: { period: Period; format: Format }): Promise<void> {
  const query = new URLSearchParams({ ...period, format });
  const answer = await reach(`${STATEMENT_PATH}?${query}`, {});
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = `mluen-statement-${period.from}-to-${period.to}.${format}`;
  link.click();
  URL.revokeObjectURL(address);
}
