import type { MessageDescriptor } from '@lingui/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, NativeSelect, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Member } from '#contract/members.ts';
import { Address, MessageText, type Right, type Topic, writeToUs } from '#contract/support.ts';
import { call } from '../../call.ts';
import { countries } from '../../ui/countries.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { LinkText } from '../../ui/link.tsx';
import { valid } from '../../ui/valid.ts';
import { asAttachments, isTooMuch } from './attachments.ts';
import { MessageFields } from './message-fields.tsx';
import { ticketsQuery } from './queries.ts';
import { rightWords, topicWords } from './words.ts';

export interface Sent {
  id: string;
  dueAt: string | null;
  /** Where the link went; absent for a member. */
  address: string | undefined;
}

interface ContactFormProps {
  topic: Topic;
  me: Member | null;
  onSent: (sent: Sent) => void;
}

interface Values {
  topic: Topic;
  right: Right | '';
  country: string;
  reportedAddress: string;
  address: string;
  text: string;
  files: File[];
}

export function ContactForm({ topic, me, onSent }: ContactFormProps) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const isVisitor = me === null;
  const noAddress = t`Write the whole address, such as ada@example.org.`;
  const form = useForm<Values>({
    initialValues: { topic, right: '', country: '', reportedAddress: '', address: '', text: '', files: [] },
    validate: {
      right: (right, values) =>
        values.topic === 'privacy' && right === '' ? t`Say what you ask for.` : null,
      address: (address) => (isVisitor ? valid(Address, noAddress)(address) : null),
      reportedAddress: (address, values) =>
        values.topic === 'child' && address !== '' ? valid(Address, noAddress)(address) : null,
      text: valid(MessageText, t`Write a sentence or two.`),
      files: (files) => (isTooMuch(files) ? t`Up to three files, each of 4 MB at most.` : null),
    },
  });
  const send = useMutation({
    mutationFn: async (values: Values) =>
      call(writeToUs, { ...bodyOf(values, isVisitor), attachments: await asAttachments(values.files) }),
    onSuccess: ({ id, dueAt }, values) => {
      void cache.invalidateQueries({ queryKey: ticketsQuery.queryKey });
      onSent({ id, dueAt, address: isVisitor ? values.address : undefined });
    },
  });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => send.mutate(values))}
      submitError={send.error}
      loading={send.isPending}
      submitLabel={<Trans>Send message</Trans>}
    >
      <TopicFields form={form} isVisitor={isVisitor} />
      {isVisitor ? (
        <TextInput
          {...form.getInputProps('address')}
          label={t`Your e-mail address`}
          description={t`To answer you, and for nothing else.`}
          type="email"
          autoComplete="email"
          dir="ltr"
        />
      ) : null}
      <MessageFields
        label={t`Your message`}
        text={form.getInputProps('text')}
        files={form.values.files}
        onFiles={(files) => form.setFieldValue('files', files)}
        filesError={(form.errors.files as string | undefined) ?? null}
      />
    </FormShell>
  );
}

function bodyOf(values: Values, isVisitor: boolean) {
  const { topic, right, country, reportedAddress, address, text } = values;
  return {
    topic,
    text,
    ...(isVisitor ? { address } : {}),
    ...(topic === 'privacy' && right !== '' ? { right } : {}),
    ...(topic === 'privacy' && isVisitor && country !== '' ? { country } : {}),
    ...(topic === 'child' && reportedAddress !== '' ? { reportedAddress } : {}),
  };
}

type Form = Pick<UseFormReturnType<Values, Values, never>, 'values' | 'getInputProps'>;

/** What it is about, and what that topic needs to know. */
function TopicFields({ form, isVisitor }: { form: Form; isVisitor: boolean }) {
  const { t, i18n } = useLingui();
  const options = <Key extends string>(words: Record<Key, MessageDescriptor>) =>
    (Object.keys(words) as Key[]).map((value) => ({ value, label: i18n._(words[value]) }));
  const { topic } = form.values;
  return (
    <>
      <NativeSelect
        {...form.getInputProps('topic')}
        label={t`What is it about?`}
        data={options(topicWords)}
      />
      {topic === 'security' ? (
        <Text size="sm" c="var(--ml-text-2)">
          <Trans>
            Thank you. Reports of weaknesses come first. Tell us where it is and how to see it; look at
            nobody’s data but your own.
          </Trans>
        </Text>
      ) : null}
      {topic === 'privacy' ? (
        <>
          <NativeSelect
            {...form.getInputProps('right')}
            label={t`What do you ask for?`}
            data={[{ value: '', label: t`Choose …` }, ...options(rightWords)]}
          />
          <SelfService isVisitor={isVisitor} />
          {isVisitor ? (
            <NativeSelect
              {...form.getInputProps('country')}
              label={t`Country you live in, if you like`}
              description={t`It says by which law, and until when, we answer.`}
              autoComplete="country"
              data={[{ value: '', label: t`Not said` }, ...countries()]}
            />
          ) : null}
        </>
      ) : null}
      {topic === 'child' ? (
        <TextInput
          {...form.getInputProps('reportedAddress')}
          label={t`E-mail address of the account, if you know it`}
          type="email"
          autoComplete="off"
          dir="ltr"
        />
      ) : null}
    </>
  );
}

function SelfService({ isVisitor }: { isVisitor: boolean }) {
  return (
    <Text size="sm" c="var(--ml-text-2)">
      {isVisitor ? (
        <Trans>
          With an account you can see, take along and erase everything at once:{' '}
          <Anchor href="/sign-in?next=/settings/privacy" inherit underline="always">
            sign in
          </Anchor>
          . Without, we send a link to the address that you give, to be sure that it is yours.
        </Trans>
      ) : (
        <Trans>
          Most of it you can do at once yourself, in{' '}
          <LinkText to="/settings/privacy" underline="always">
            Settings → Privacy
          </LinkText>
          .
        </Trans>
      )}
    </Text>
  );
}
