import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { askForMarketing, getMarketing, withdrawMarketing } from '#contract/privacy-marketing.ts';
import { call, type Reply } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Section } from '../settings/section.tsx';
import classes from '../settings/settings.module.css';

const marketingQuery = queryOptions({ queryKey: ['marketing'], queryFn: () => call(getMarketing) });

type Consent = Reply<typeof getMarketing>;

/** Clause 4.2: news by e-mail, off until asked for and confirmed. */
export function MarketingCard() {
  const cache = useQueryClient();
  const consent = useQuery(marketingQuery);
  const keep = (fresh: Consent) => cache.setQueryData(marketingQuery.queryKey, fresh);
  const ask = useMutation({ mutationFn: () => call(askForMarketing), onSuccess: keep });
  const withdraw = useMutation({ mutationFn: () => call(withdrawMarketing), onSuccess: keep });
  return (
    <Section
      title={<Trans>News by e-mail</Trans>}
      lead={<Trans>New models, at most once a month. It has nothing to do with your account.</Trans>}
    >
      {consent.isPending ? <Waiting what={<Trans>your choice</Trans>} rows={1} /> : null}
      <ProblemAlert error={consent.error} onRetry={() => void consent.refetch()} />
      {consent.data === undefined ? null : (
        <Stack gap="sm" align="flex-start">
          <Text size="sm" role="status">
            <State state={consent.data.state} />
          </Text>
          {consent.data.state === 'off' ? (
            <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
              <Trans>Write to me</Trans>
            </Button>
          ) : (
            <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
              <Trans>Stop the news</Trans>
            </Button>
          )}
          <ProblemAlert error={ask.error ?? withdraw.error} />
          <History history={consent.data.history} />
        </Stack>
      )}
    </Section>
  );
}

function State({ state }: { state: Consent['state'] }) {
  switch (state) {
    case 'off':
      return <Trans>Off. Nothing is sent.</Trans>;
    case 'asked':
      return <Trans>We sent you a mail. Nothing else is sent until you press the link in it.</Trans>;
    case 'on':
      return <Trans>On.</Trans>;
  }
}

function History({ history }: { history: Consent['history'] }) {
  if (history.length === 0) return null;
  return (
    <details>
      <summary>
        <Text size="xs" component="span">
          <Trans>What you said, and when</Trans>
        </Text>
      </summary>
      <ul className={classes.list}>
        {history.map(({ step, at }) => (
          <li key={at}>
            <Text size="xs" c="dimmed" component="span">
              <When at={at} /> · <Step step={step} />
            </Text>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Step({ step }: { step: Consent['history'][number]['step'] }) {
  switch (step) {
    case 'asked':
      return <Trans>asked for</Trans>;
    case 'confirmed':
      return <Trans>confirmed</Trans>;
    case 'withdrawn':
      return <Trans>stopped</Trans>;
  }
}
