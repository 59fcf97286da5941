import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { Refused } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { ProviderFacts } from '../../ui/provider-facts.tsx';
import { isTold, toldQuery, useAcknowledge } from '../../ui/told.ts';
import classes from './create.module.css';

/**
 * Clause 5.3: before the first use of a provider the person is told who it is. `ask()` is true when that must be shown
 * first; where it is not known yet, the server says so.
 */
export function useFirstTime(model: Model) {
  const told = useQuery(toldQuery).data;
  const [asked, setAsked] = useState('');
  const { id } = model.provider;
  const isNew = told !== undefined && !isTold(told, model.provider);
  return {
    shown: isNew && asked === id,
    ask() {
      if (isNew) setAsked(id);
      return isNew;
    },
  };
}

interface RefusalProps {
  error: unknown;
  model: Model;
  /** From `useFirstTime`: who the provider is stands here. */
  isFirstTime: boolean;
  /** Asks for it, once the person has been told. */
  onGoOn: () => void;
}

/** Why it did not start. The first time with a provider is no fault: who it is stands here, and one press goes on. */
export function Refusal({ error, model, isFirstTime, onGoOn }: RefusalProps) {
  const isUntold = error instanceof Refused && error.slug === 'provider-not-acknowledged';
  return isFirstTime || isUntold ? (
    <FirstTime model={model} onGoOn={onGoOn} />
  ) : (
    <ProblemAlert error={error} />
  );
}

function FirstTime({ model, onGoOn }: { model: Model; onGoOn: () => void }) {
  const { t } = useLingui();
  const { name } = model.provider;
  const acknowledge = useAcknowledge(model.provider, onGoOn);
  const place = useRef<HTMLElement>(null);
  // It answers the press of a button: who cannot see it must come to it.
  useEffect(() => place.current?.focus(), []);
  return (
    <section ref={place} tabIndex={-1} className={classes.firstTime} aria-label={t`First time with ${name}`}>
      <Text fw={500}>
        <Trans>This is your first time with {name}. What you send goes there:</Trans>
      </Text>
      <div className={classes.firstFacts}>
        <ProviderFacts model={model} />
      </div>
      <div>
        <Button size="sm" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
          <Trans>Go on with {name}</Trans>
        </Button>
        <Text size="xs" c="dimmed" mt={4}>
          <Trans>We ask once. Nothing has been sent or charged yet.</Trans>
        </Text>
      </div>
      <ProblemAlert error={acknowledge.error} />
    </section>
  );
}
