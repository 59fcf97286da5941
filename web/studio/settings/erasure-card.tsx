import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, List, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askForErasure, previewErasure } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { meQuery, useMe } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Section } from './section.tsx';

const previewQuery = queryOptions({
  queryKey: ['erasure-preview'],
  queryFn: () => call(previewErasure),
  staleTime: 0,
});

/** Closing the account: first what it would do, then the question. */
export function ErasureCard() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (me === null) return null;
  return (
    <Section
      title={<Trans>Erase your account</Trans>}
      lead={
        me.erasureAt === null ? (
          <Trans>Everything of yours goes, after some days to change your mind.</Trans>
        ) : (
          <Trans>
            Your account is closing. It is erased on <When at={me.erasureAt} />; until then, keep it by the
            button at the top.
          </Trans>
        )
      }
    >
      {me.erasureAt !== null ? null : open ? (
        <Preview hasPassword={me.hasPassword} onClose={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          <Trans>See what would be erased</Trans>
        </Button>
      )}
    </Section>
  );
}

function Preview({ hasPassword, onClose }: { hasPassword: boolean; onClose: () => void }) {
  const preview = useQuery(previewQuery);
  if (preview.isPending) return <Waiting what={<Trans>what is kept</Trans>} rows={3} />;
  if (preview.isError) return <ProblemAlert error={preview.error} onRetry={() => void preview.refetch()} />;
  const { availableMicro, heldMicro, generations, files, erasureAt, kept, sentTo } = preview.data;
  return (
    <Stack gap="md">
      <Text size="sm">
        <Trans>
          Your account closes now and is erased on{' '}
          <strong>
            <When at={erasureAt} />
          </strong>
          . Until then, sign in to undo.
        </Trans>
      </Text>
      <List size="sm">
        <List.Item>
          <Plural value={generations} one="# generation goes" other="# generations go" />
          {', '}
          <Plural value={files} one="# file" other="# files" />
        </List.Item>
        {availableMicro > 0n ? (
          <List.Item>
            <Trans>
              <Amount micro={availableMicro} as="balance" /> is still in your wallet. Use it, or ask us for a
              refund first.
            </Trans>
          </List.Item>
        ) : null}
        {heldMicro > 0n ? (
          <List.Item>
            <Trans>
              <Amount micro={heldMicro} /> is held by what is running; it ends first.
            </Trans>
          </List.Item>
        ) : null}
        {kept.map(({ what, why, until }) => (
          <List.Item key={what}>
            <Trans>
              Kept by law: {what} ({why}), until {until}
            </Trans>
          </List.Item>
        ))}
        {sentTo.length === 0 ? null : (
          <List.Item>
            <Trans>Sent to others before, by their terms: {sentTo.join(', ')}</Trans>
          </List.Item>
        )}
      </List>
      <EraseForm hasPassword={hasPassword} onClose={onClose} />
    </Stack>
  );
}

const words = {
  'invalid-input': msg`Your password is wrong.`,
  'not-possible-now': msg`Something is still running. Wait until it has ended, then close the account.`,
};

function EraseForm({ hasPassword, onClose }: { hasPassword: boolean; onClose: () => void }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { password: '', sure: false },
    validate: {
      password: (password) => (hasPassword && password === '' ? t`Enter your password.` : null),
      sure: (sure) => (sure ? null : t`Tick this to go on.`),
    },
  });
  const erase = useMutation({
    mutationFn: (password: string) =>
      call(askForErasure, { confirm: 'erase', now: false, password: hasPassword ? password : undefined }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: meQuery.queryKey });
      onClose(); // who keeps the account after all begins again with the preview
    },
  });
  return (
    <FormShell
      onSubmit={form.onSubmit(({ password }) => erase.mutate(password))}
      submitError={erase.error}
      problemWords={words}
      loading={erase.isPending}
      submitLabel={<Trans>Close my account</Trans>}
      aside={
        <Button variant="subtle" onClick={onClose}>
          <Trans>Keep it</Trans>
        </Button>
      }
    >
      {hasPassword ? (
        <PasswordInput
          {...form.getInputProps('password')}
          label={t`Your password`}
          autoComplete="current-password"
        />
      ) : null}
      <Checkbox
        {...form.getInputProps('sure', { type: 'checkbox' })}
        label={t`I want my account and all that belongs to it erased.`}
      />
    </FormShell>
  );
}
