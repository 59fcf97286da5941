import { Trans, useLingui } from '@lingui/react/macro';
import { Title } from '@mantine/core';
import type { z } from 'zod';
import { offerModel, type StaffModelDetail } from '#contract/console-catalogue.ts';
import { ReasonForm } from '../reason-form.tsx';
import classes from './catalogue.module.css';
import { useEdit } from './use-edit.ts';

/** Takes the model off offer, or puts it on again. */
export function OfferForm({ detail: { model, version } }: { detail: z.output<typeof StaffModelDetail> }) {
  const { t } = useLingui();
  const edit = useEdit(offerModel);
  const offered = !model.offered;
  return (
    <section className={classes.card} aria-label={t`On offer`}>
      <Title order={2} size="h3" mb="xs">
        <Trans>On offer</Trans>
      </Title>
      <ReasonForm
        lead={
          model.offered ? (
            <Trans>
              Taken off, members no longer see it. Runs that go on are finished at their quoted price.
            </Trans>
          ) : (
            <Trans>Members do not see it now.</Trans>
          )
        }
        action={offered ? <Trans>Put on offer</Trans> : <Trans>Take off offer</Trans>}
        edit={edit}
        onSubmit={(reason) => edit.mutate({ modelId: model.id, version, reason, offered })}
      />
    </section>
  );
}
