import { Trans, useLingui } from '@lingui/react/macro';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerByLink, answerTicket, MessageText, type Thread } from '#contract/support.ts';
import { call } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { valid } from '../../ui/valid.ts';
import { asAttachments, isTooMuch } from './attachments.ts';
import { MessageFields } from './message-fields.tsx';
import { threadQuery, ticketsQuery } from './queries.ts';

interface ReplyFormProps {
  id: string;
  linkKey: string | null;
  state: Thread['state'];
}

/** Goes on with a conversation. */
export function ReplyForm({ id, linkKey, state }: ReplyFormProps) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { text: '', files: [] as File[] },
    validate: {
      text: valid(MessageText, t`Write a sentence or two.`),
      files: (files) => (isTooMuch(files) ? t`Up to three files, each of 4 MB at most.` : null),
    },
  });
  const send = useMutation({
    mutationFn: async ({ text, files }: typeof form.values) => {
      const attachments = await asAttachments(files);
      return linkKey === null
        ? call(answerTicket, { id, text, attachments })
        : call(answerByLink, { id, key: linkKey, text, attachments });
    },
    onSuccess: (thread) => {
      void cache.invalidateQueries({ queryKey: ticketsQuery.queryKey });
      cache.setQueryData(threadQuery(id, linkKey).queryKey, thread);
    },
  });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => send.mutate(values))}
      submitError={send.error}
      loading={send.isPending}
      submitLabel={state === 'closed' ? <Trans>Open it again and send</Trans> : <Trans>Send message</Trans>}
    >
      <MessageFields
        label={t`Go on`}
        text={form.getInputProps('text')}
        files={form.values.files}
        onFiles={(files) => form.setFieldValue('files', files)}
        filesError={(form.errors.files as string | undefined) ?? null}
      />
    </FormShell>
  );
}
