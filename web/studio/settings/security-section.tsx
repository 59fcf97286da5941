import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Button, PasswordInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { endSession, listSessions, Password } from '#contract/members.ts';
import { call } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { useMe } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { valid } from '../../ui/valid.ts';
import { When } from '../../ui/when.tsx';
import { changePassword } from '../auth/auth-calls.ts';
import { SecureCard } from '../privacy/secure-card.tsx';
import { Saved, Section } from './section.tsx';
import classes from './settings.module.css';

const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => (await call(listSessions)).items,
});

/** The password, and where the person is signed in. */
export function SecuritySection() {
  return (
    <>
      <PasswordCard />
      <Section
        title={<Trans>Where you are signed in</Trans>}
        lead={<Trans>Sign out what you do not know, then change your password.</Trans>}
      >
        <Sessions />
      </Section>
      <SecureCard />
    </>
  );
}

const words = { 'invalid-input': msg`Your present password is wrong, or the new one is too easy to guess.` };

function PasswordCard() {
  const { t } = useLingui();
  const me = useMe();
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: valid(z.string().min(1), t`Enter your present password.`),
      newPassword: valid(Password, t`Use at least 12 characters.`),
    },
  });
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      form.reset();
      return cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  if (me?.hasPassword === false) {
    return (
      <Section title={<Trans>Password</Trans>}>
        <Trans>
          This account has no password: you come in through Google.{' '}
          <LinkText to="/reset" state={{ email: me.email }}>
            Set one
          </LinkText>
          .
        </Trans>
      </Section>
    );
  }
  return (
    <Section title={<Trans>Password</Trans>}>
      <FormShell
        onSubmit={form.onSubmit((values) => change.mutate(values))}
        submitError={change.error}
        problemWords={words}
        loading={change.isPending}
        submitLabel={<Trans>Change password</Trans>}
        aside={
          <Saved when={change.isSuccess}>
            <Trans>Changed. All other devices are signed out.</Trans>
          </Saved>
        }
      >
        <PasswordInput
          {...form.getInputProps('currentPassword')}
          label={t`Present password`}
          autoComplete="current-password"
        />
        <PasswordInput
          {...form.getInputProps('newPassword')}
          label={t`New password`}
          description={t`At least 12 characters. All other devices are signed out.`}
          autoComplete="new-password"
        />
      </FormShell>
    </Section>
  );
}

function Sessions() {
  const cache = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (id: string) => call(endSession, { id }),
    onSuccess: () => cache.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  if (sessions.isPending) return <Waiting what={<Trans>your devices</Trans>} rows={2} />;
  if (sessions.isError)
    return <ProblemAlert error={sessions.error} onRetry={() => void sessions.refetch()} />;
  return (
    <>
      <ul className={classes.list}>
        {sessions.data.map((session) => (
          <li key={session.id} className={classes.item}>
            <span className={classes.words}>
              <span>
                {session.browser}, {session.device}
              </span>
              <Text size="xs" c="dimmed">
                {session.country ? `${session.country} · ` : ''}
                <Trans>
                  last seen <When at={session.lastSeenAt} />
                </Trans>
              </Text>
            </span>
            {session.current ? (
              <Badge color="ok">
                <Trans>This device</Trans>
              </Badge>
            ) : (
              <Button
                variant="default"
                size="xs"
                loading={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                <Trans>Sign out</Trans>
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ProblemAlert error={end.error} />
    </>
  );
}
