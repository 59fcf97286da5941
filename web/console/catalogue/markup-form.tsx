import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { z } from 'zod';
import { editMarkup, type StaffModelDetail } from '#contract/console-catalogue.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { Effect } from './effect.tsx';
import { basisPointsOf, percentOf } from './markup.ts';
import { useEdit } from './use-edit.ts';

/** What is added to every cost of the model, from now on. */
export function MarkupForm({ detail: { model, version } }: { detail: z.output<typeof StaffModelDetail> }) {
  const { t } = useLingui();
  const [percent, setPercent] = useState(percentOf(model.markupBasisPoints));
  const [reason, setReason] = useState('');
  const edit = useEdit(editMarkup);
  const markupBasisPoints = basisPointsOf(percent);
  const isSame = markupBasisPoints === model.markupBasisPoints;
  return (
    <section className={classes.card} aria-label={t`Markup`}>
      <Title order={2} size="h3" mb="sm">
        <Trans>Markup</Trans>
      </Title>
      <FormShell
        onSubmit={() =>
          markupBasisPoints === null
            ? undefined
            : edit.mutate({ modelId: model.id, version, reason, markupBasisPoints })
        }
        submitError={null}
        loading={edit.isPending}
        submitLabel={<Trans>Set markup from now on</Trans>}
        submitDisabled={
          markupBasisPoints === null ? (
            <Trans>A markup is 0 to 1000 per cent.</Trans>
          ) : isSame ? (
            <Trans>That is the markup now.</Trans>
          ) : reason.trim().length < 3 ? (
            <Trans>Say why.</Trans>
          ) : null
        }
      >
        <TextInput
          label={t`Per cent of the cost`}
          inputMode="decimal"
          value={percent}
          onChange={(event) => setPercent(event.currentTarget.value)}
        />
        {markupBasisPoints === null || isSame ? null : (
          <Effect edit={{ modelId: model.id, markupBasisPoints }} />
        )}
        <Textarea
          label={t`Why`}
          autosize
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Refusal error={edit.error} />
      </FormShell>
    </section>
  );
}
