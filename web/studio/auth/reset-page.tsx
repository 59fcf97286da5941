import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { z } from 'zod';
import { Password } from '#contract/members.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { valid } from '../../ui/valid.ts';
import { askReset, resetPassword } from './auth-calls.ts';
import { AuthCard } from './auth-card.tsx';
import { useKnownEmail } from './known-email.ts';

const route = getRouteApi('/reset');

/** A forgotten password: the address, then the code from the mail and a new password. */
export function ResetPage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const knownEmail = useKnownEmail();
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <AuthCard
      title={t`Set a new password`}
      lead={
        sentTo === null ? (
          <Trans>We send a six-digit code to your address.</Trans>
        ) : (
          <Trans>
            If <bdi dir="ltr">{sentTo}</bdi> has an account, a code is in its mailbox. It is good for 10
            minutes.
          </Trans>
        )
      }
      foot={
        <LinkText to="/sign-in" search={{ next: search.next }} state={{ email: knownEmail }}>
          <Trans>Back to sign-in</Trans>
        </LinkText>
      }
    >
      {sentTo === null ? (
        <AskForm email={knownEmail ?? ''} onSent={setSentTo} />
      ) : (
        <NewPasswordForm email={sentTo} next={search.next} />
      )}
    </AuthCard>
  );
}

function AskForm({ email, onSent }: { email: string; onSent: (email: string) => void }) {
  const { t } = useLingui();
  const form = useForm({
    initialValues: { email },
    validate: { email: valid(z.email(), t`Enter your e-mail address, such as amina@example.com.`) },
  });
  const ask = useMutation({ mutationFn: askReset, onSuccess: (_reply, asked) => onSent(asked) });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => ask.mutate(values.email))}
      submitError={ask.error}
      loading={ask.isPending}
      submitLabel={<Trans>Send the code</Trans>}
      fullWidth
    >
      <TextInput
        {...form.getInputProps('email')}
        label={t`E-mail address`}
        type="email"
        autoComplete="username"
      />
    </FormShell>
  );
}

const words = { 'invalid-input': msg`This code is wrong or no longer good, or the password is too easy.` };

function NewPasswordForm({ email, next }: { email: string; next: string | undefined }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { otp: '', password: '' },
    validate: {
      otp: valid(z.string().regex(/^\d{6}$/), t`Enter the six digits of the code.`),
      password: valid(Password, t`Use at least 12 characters.`),
    },
  });
  const reset = useMutation({
    mutationFn: resetPassword,
    onSuccess: () => navigate({ to: '/sign-in', search: { next }, state: { email } }),
  });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => reset.mutate({ ...values, email }))}
      submitError={reset.error}
      problemWords={words}
      loading={reset.isPending}
      submitLabel={<Trans>Set the password</Trans>}
      fullWidth
    >
      <TextInput
        {...form.getInputProps('otp')}
        label={t`Six-digit code`}
        inputMode="numeric"
        autoComplete="one-time-code"
        dir="ltr"
      />
      <PasswordInput
        {...form.getInputProps('password')}
        label={t`New password`}
        description={t`At least 12 characters. All other devices are signed out.`}
        autoComplete="new-password"
      />
    </FormShell>
  );
}
