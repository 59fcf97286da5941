import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import type { z } from 'zod';
import { offerModel, type StaffModelDetail } from '#contract/console-catalogue.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { useEdit } from './use-edit.ts';

/** Takes the model off offer, or puts it on again. */
export function OfferForm({ detail: { model, version } }: { detail: z.output<typeof StaffModelDetail> }) {
  const { t } = useLingui();
  const [reason, setReason] = useState('');
  const edit = useEdit(offerModel);
  const offered = !model.offered;
  return (
    <section className={classes.card} aria-label={t`On offer`}>
      <Title order={2} size="h3" mb="xs">
        <Trans>On offer</Trans>
      </Title>
      <Text size="sm" c="var(--ml-text-2)" mb="sm">
        {model.offered ? (
          <Trans>
            Taken off, members no longer see it. Runs that go on are finished at their quoted price.
          </Trans>
        ) : (
          <Trans>Members do not see it now.</Trans>
        )}
      </Text>
      <FormShell
        onSubmit={() => edit.mutate({ modelId: model.id, version, reason, offered })}
        submitError={null}
        loading={edit.isPending}
        submitLabel={offered ? <Trans>Put on offer</Trans> : <Trans>Take off offer</Trans>}
        submitDisabled={reason.trim().length < 3 ? <Trans>Say why.</Trans> : null}
      >
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
