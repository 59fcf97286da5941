import { Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { z } from 'zod';
import { DisplayName, Password, signUp } from '#contract/members.ts';
import { call } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { valid } from '../../ui/valid.ts';
import { GoogleButton } from './google-button.tsx';

interface AccountStepProps {
  country: string;
  agePass: string;
  email: string | undefined;
  next: string | undefined;
}

const empty = { displayName: '', password: '', acceptTerms: false, marketing: false };

/** The account itself: through Google, or with an e-mail address and a password. */
export function AccountStep({ country, agePass, email, next }: AccountStepProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { ...empty, email: email ?? '' },
    validate: {
      displayName: valid(DisplayName, t`Enter a name; it may be a nickname.`),
      email: valid(z.email().max(254), t`Enter your e-mail address, such as amina@example.com.`),
      password: valid(Password, t`Use at least 12 characters.`),
      acceptTerms: valid(z.literal(true), t`Accept the terms to open an account.`),
    },
  });
  const submit = useMutation({
    mutationFn: (given: typeof form.values) =>
      call(signUp, { ...given, acceptTerms: true, country, agePass, phone: undefined }),
    onSuccess: (_reply, given) =>
      navigate({ to: '/verify', search: { next }, state: { email: given.email } }),
  });
  function prepareGoogle() {
    if (form.validateField('acceptTerms').hasError) return null;
    return { agePass, marketing: form.values.marketing };
  }
  return (
    <Stack gap="md">
      <GoogleButton next={next ?? '/create'} prepare={prepareGoogle} />
      <FormShell
        onSubmit={form.onSubmit((values) => submit.mutate(values))}
        submitError={submit.error}
        loading={submit.isPending}
        submitLabel={<Trans>Create account</Trans>}
        fullWidth
      >
        <TextInput
          {...form.getInputProps('displayName')}
          label={t`Your name`}
          description={t`As we should address you.`}
          autoComplete="name"
        />
        <TextInput
          {...form.getInputProps('email')}
          label={t`E-mail address`}
          description={t`A six-digit code goes there.`}
          type="email"
          autoComplete="email"
        />
        <PasswordInput
          {...form.getInputProps('password')}
          label={t`Password`}
          description={t`At least 12 characters. A short sentence works well.`}
          autoComplete="new-password"
        />
        <Checkbox
          {...form.getInputProps('acceptTerms', { type: 'checkbox' })}
          label={
            <Trans>
              I accept the{' '}
              <LinkText to="/legal/$document" params={{ document: 'terms' }} target="_blank">
                terms
              </LinkText>{' '}
              and the{' '}
              <LinkText to="/legal/$document" params={{ document: 'privacy' }} target="_blank">
                privacy policy
              </LinkText>
              .
            </Trans>
          }
        />
        <Checkbox
          {...form.getInputProps('marketing', { type: 'checkbox' })}
          label={t`Write to me about new models. At most once a month.`}
        />
      </FormShell>
    </Stack>
  );
}
