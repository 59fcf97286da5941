import { Trans, useLingui } from '@lingui/react/macro';
import { Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type ProviderHealth, weighRoute } from '#contract/console-catalogue.ts';
import { ReasonForm } from '../reason-form.tsx';
import classes from './catalogue.module.css';
import { useEdit } from './use-edit.ts';

interface RouteFormProps {
  providerId: string;
  route: ProviderHealth['routes'][number];
  onDone: () => void;
}

/** Opens, closes or weighs one route. */
export function RouteForm({ providerId, route, onDone }: RouteFormProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState(route.isOpen);
  const [weight, setWeight] = useState(String(route.weight));
  const edit = useEdit(weighRoute);
  const isWeight = /^\d{1,3}$/.test(weight) && Number(weight) <= 100;
  return (
    <section className={classes.effect} aria-label={t`Route ${route.id}`}>
      <ReasonForm
        lead={
          <Trans>
            Weights share the calls among a provider’s routes. With weight 0 a route takes over only when no
            other can.
          </Trans>
        }
        action={<Trans>Set this route</Trans>}
        edit={edit}
        missing={isWeight ? null : <Trans>A weight is a whole number from 0 to 100.</Trans>}
        onSubmit={(reason) =>
          edit.mutate(
            { providerId, routeId: route.id, open, weight: Number(weight), reason },
            { onSuccess: onDone },
          )
        }
      >
        <Switch
          label={t`Takes calls`}
          checked={open}
          onChange={(event) => setOpen(event.currentTarget.checked)}
        />
        <TextInput
          label={t`Weight`}
          inputMode="numeric"
          value={weight}
          onChange={(event) => setWeight(event.currentTarget.value)}
        />
      </ReasonForm>
    </section>
  );
}
