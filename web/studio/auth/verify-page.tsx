import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, Input, PinInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { systemQuery } from '../../ui/strips.tsx';
import { sendCode, verifyCode } from './auth-calls.ts';
import { AuthCard } from './auth-card.tsx';
import { useKnownEmail } from './known-email.ts';
import { useArrive } from './use-arrive.ts';

const route = getRouteApi('/verify');
const words = {
  'invalid-input': msg`This code is wrong or no longer good. Look at the newest mail, or send a new code.`,
};

/** Six digits from the mail, typed or pasted, in the same tab. */
export function VerifyPage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const knownEmail = useKnownEmail();
  const mailbox = useQuery(systemQuery).data?.mailbox;
  const [email, setEmail] = useState(knownEmail ?? '');
  const [otp, setOtp] = useState('');
  const arrive = useArrive(search.next);
  const verify = useMutation({ mutationFn: verifyCode, onSuccess: arrive, onError: () => setOtp('') });
  const check = (code: string) => email !== '' && code.length === 6 && verify.mutate({ email, otp: code });
  return (
    <AuthCard
      title={t`Check your mail`}
      lead={
        knownEmail === undefined ? (
          <Trans>Enter your address and the six-digit code that we sent to it.</Trans>
        ) : (
          <Trans>
            We sent a six-digit code to <bdi dir="ltr">{knownEmail}</bdi>. It is good for 10 minutes.
          </Trans>
        )
      }
      foot={
        <span>
          <LinkText to="/sign-up" search={{ next: search.next }} state={{ email: knownEmail }}>
            <Trans>Use another address</Trans>
          </LinkText>
        </span>
      }
    >
      <FormShell
        onSubmit={() => check(otp)}
        submitError={verify.error}
        problemWords={words}
        loading={verify.isPending}
        submitLabel={<Trans>Confirm</Trans>}
        fullWidth
      >
        {knownEmail === undefined ? (
          <TextInput
            label={t`E-mail address`}
            type="email"
            autoComplete="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        ) : null}
        <Input.Wrapper label={t`Six-digit code`} component="fieldset" bd="none" p={0} m={0}>
          <div dir="ltr">
            <PinInput
              length={6}
              type="number"
              oneTimeCode
              placeholder=""
              autoFocus
              size="md"
              gap={6}
              value={otp}
              onChange={setOtp}
              onComplete={check}
              getInputProps={(index) => ({ 'aria-label': t`Digit ${index + 1} of 6` })}
            />
          </div>
        </Input.Wrapper>
        {mailbox ? (
          <Text size="sm" c="var(--ml-text-2)">
            <Trans>
              This is a sandbox: the mail is in the{' '}
              <Anchor inherit href={mailbox} target="_blank">
                mailbox
              </Anchor>
              .
            </Trans>
          </Text>
        ) : null}
      </FormShell>
      <Resend email={email} />
    </AuthCard>
  );
}

function Resend({ email }: { email: string }) {
  const send = useMutation({ mutationFn: sendCode });
  return (
    <Stack gap="xs" mt="sm">
      <Group gap="xs">
        <Button
          variant="subtle"
          size="sm"
          disabled={email === ''}
          loading={send.isPending}
          onClick={() => send.mutate(email)}
        >
          <Trans>Send a new code</Trans>
        </Button>
        <Text size="sm" role="status" c="var(--ml-ok)">
          {send.isSuccess ? <Trans>Sent. The old code no longer counts.</Trans> : null}
        </Text>
      </Group>
      <ProblemAlert error={send.error} />
    </Stack>
  );
}
