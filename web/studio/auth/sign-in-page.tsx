import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Checkbox, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { z } from 'zod';
import { Refused } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { valid } from '../../ui/valid.ts';
import { sendCode, signIn } from './auth-calls.ts';
import { AuthCard } from './auth-card.tsx';
import { GoogleButton } from './google-button.tsx';
import { useKnownEmail } from './known-email.ts';
import { useArrive } from './use-arrive.ts';

const route = getRouteApi('/sign-in');
const words = { 'not-signed-in': msg`E-mail address or password is wrong.` };

export function SignInPage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const knownEmail = useKnownEmail();
  const navigate = useNavigate();
  const arrive = useArrive(search.next);
  const form = useForm({
    initialValues: { email: knownEmail ?? '', password: '', rememberMe: true },
    validate: {
      email: valid(z.email(), t`Enter your e-mail address, such as amina@example.com.`),
      password: valid(z.string().min(1), t`Enter your password.`),
    },
  });
  const submit = useMutation({
    mutationFn: signIn,
    onSuccess: arrive,
    onError: async (error, { email }) => {
      if (!(error instanceof Refused) || error.slug !== 'email-not-verified') return;
      await sendCode(email).catch(() => undefined); // the next page offers to send it again
      await navigate({ to: '/verify', search: { next: search.next }, state: { email } });
    },
  });
  return (
    <AuthCard
      title={t`Sign in`}
      foot={
        <>
          <span>
            <Trans>
              New here?{' '}
              <LinkText to="/sign-up" search={{ next: search.next }}>
                Create an account
              </LinkText>
            </Trans>
          </span>
          <LinkText
            to="/reset"
            search={{ next: search.next }}
            state={{ email: form.values.email || undefined }}
          >
            <Trans>Forgotten your password?</Trans>
          </LinkText>
        </>
      }
    >
      <Stack gap="md">
        <GoogleFault error={search.error} />
        <GoogleButton next={search.next ?? '/create'} />
        <FormShell
          onSubmit={form.onSubmit((values) => submit.mutate(values))}
          submitError={submit.error}
          problemWords={words}
          loading={submit.isPending}
          submitLabel={<Trans>Sign in</Trans>}
          fullWidth
        >
          <TextInput
            {...form.getInputProps('email')}
            label={t`E-mail address`}
            type="email"
            autoComplete="username"
          />
          <PasswordInput
            {...form.getInputProps('password')}
            label={t`Password`}
            autoComplete="current-password"
          />
          <Checkbox
            {...form.getInputProps('rememberMe', { type: 'checkbox' })}
            label={t`Keep me signed in on this device`}
          />
        </FormShell>
      </Stack>
    </AuthCard>
  );
}

/** Google led back without a sign-in. Most often there is no account yet: the age question comes first. */
function GoogleFault({ error }: { error: string | undefined }) {
  if (error === undefined) return null;
  const unknown = ['signup_disabled', 'age_check_needed', 'acceptance_needed'].includes(error);
  return (
    <Alert color="held" role="alert">
      {unknown ? (
        <Trans>
          There is no Mluen account for this Google account yet. <LinkText to="/sign-up">Create one</LinkText>
          , then Google signs you in.
        </Trans>
      ) : error === 'account_not_linked' ? (
        <Trans>
          This address has an account with a password. Sign in with it; Google can be added in the settings.
        </Trans>
      ) : (
        <Trans>Google did not confirm the sign-in. Try again, or use your e-mail address.</Trans>
      )}
    </Alert>
  );
}
