import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, Button, Group, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  answerThread,
  assignTicket,
  closeTicket,
  readThread,
  type StaffThread,
  type TicketMessage,
} from '#contract/support.ts';
import { call } from '../../call.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { Page } from '../../ui/page.tsx';
import { meQuery } from '../../ui/queries.ts';
import { bytesText, When } from '../../ui/when.tsx';
import consoleClasses from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import { Refusal } from '../refusal.tsx';
import { ChildCard } from './child-card.tsx';
import { Due } from './queue-page.tsx';
import { RequestCard } from './request-card.tsx';
import classes from './support.module.css';
import { queueWords } from './words.ts';

/** One conversation. Its words are shown once it is said why they are read, and the person sees that in the own log. */
export function SupportThreadPage() {
  const { t, i18n } = useLingui();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const [reason, setReason] = useState('');
  const read = useMutation({
    mutationFn: (why: string) => call(readThread, { id, reason: why }),
    onMutate: setReason,
  });
  const thread = read.data;
  return (
    <Page
      title={thread === undefined ? t`Conversation ${id.slice(-6)}` : i18n._(queueWords[thread.ticket.topic])}
      width="text"
      aside={<Link to={'/support' as never}>{t`All conversations`}</Link>}
    >
      {thread === undefined ? (
        <section className={consoleClasses.letter} aria-label={t`Read it`}>
          <ReasonForm
            lead={
              <Trans>
                What people write is theirs. Reading it is written down with your name and reason, and the
                person sees that.
              </Trans>
            }
            action={<Trans>Read the conversation</Trans>}
            edit={read}
            onSubmit={(why) => read.mutate(why)}
          />
        </section>
      ) : (
        <Opened thread={thread} onChange={() => read.mutate(reason)} />
      )}
    </Page>
  );
}

interface OpenedProps {
  thread: StaffThread;
  onChange: () => void;
}

function Opened({ thread, onChange }: OpenedProps) {
  const { t } = useLingui();
  const { ticket, request, child, reportedAddress, messages } = thread;
  return (
    <>
      <Facts thread={thread} onChange={onChange} />
      <ol className={classes.messages} aria-label={t`Messages`}>
        {messages.map((message) => (
          <li key={message.id}>
            <Message message={message} ticketId={ticket.id} />
          </li>
        ))}
      </ol>
      <div className={classes.ends}>
        {request === null ? null : <RequestCard id={ticket.id} request={request} onChange={onChange} />}
        {ticket.topic === 'child' ? (
          <ChildCard id={ticket.id} child={child} reportedAddress={reportedAddress} onChange={onChange} />
        ) : null}
      </div>
      <Answer key={messages.length} id={ticket.id} onChange={onChange} />
      {ticket.state === 'closed' ? null : <Close id={ticket.id} onChange={onChange} />}
    </>
  );
}

function Facts({ thread: { ticket, address }, onChange }: OpenedProps) {
  const { t } = useLingui();
  const me = useQuery(meQuery).data;
  const assign = useMutation({
    mutationFn: (assigneeId: string | null) => call(assignTicket, { id: ticket.id, assigneeId }),
    onSuccess: onChange,
  });
  const states = { open: t`Waiting`, answered: t`Answered`, closed: t`Closed` };
  const isMine = ticket.assignedTo?.id === me?.id;
  return (
    <section className={consoleClasses.letter} aria-label={t`About it`}>
      <dl className={classes.facts}>
        <dt>{t`State`}</dt>
        <dd>
          <Badge color={ticket.state === 'open' ? 'held' : 'ok'}>{states[ticket.state]}</Badge>
        </dd>
        <dt>{t`From`}</dt>
        <dd>{address === null ? t`a member` : <bdi dir="ltr">{address}</bdi>}</dd>
        <dt>{t`Opened`}</dt>
        <dd>
          <When at={ticket.openedAt} />
        </dd>
        {ticket.dueAt === null ? null : (
          <>
            <dt>{t`Due by law`}</dt>
            <dd>
              <Due ticket={ticket} />
            </dd>
          </>
        )}
        <dt>{t`Looked after by`}</dt>
        <dd>
          <Group gap="xs">
            <bdi>{ticket.assignedTo?.name ?? t`nobody`}</bdi>
            <Button
              size="compact-sm"
              variant="default"
              loading={assign.isPending}
              onClick={() => assign.mutate(isMine ? null : (me?.id ?? null))}
            >
              {isMine ? <Trans>Leave it</Trans> : <Trans>Take it</Trans>}
            </Button>
          </Group>
        </dd>
      </dl>
      <Refusal error={assign.error} />
    </section>
  );
}

function Message({ message, ticketId }: { message: TicketMessage; ticketId: string }) {
  return (
    <article className={consoleClasses.letter} data-author={message.author}>
      <div className={consoleClasses.head}>
        <strong>{message.author === 'staff' ? <Trans>Support</Trans> : <Trans>The person</Trans>}</strong>
        <span className={consoleClasses.quiet}>
          <When at={message.at} />
        </span>
      </div>
      <p className={consoleClasses.text} dir="auto">
        {message.text}
      </p>
      {message.files.map((file) => (
        <div key={file.id}>
          <Anchor href={`/api/console/support/tickets/${ticketId}/files/${file.id}`} underline="always">
            <bdi>{file.name}</bdi>
          </Anchor>{' '}
          <span className={consoleClasses.quiet}>{bytesText(file.bytes)}</span>
        </div>
      ))}
    </article>
  );
}

function Answer({ id, onChange }: { id: string; onChange: () => void }) {
  const { t } = useLingui();
  const [text, setText] = useState('');
  const answer = useMutation({ mutationFn: () => call(answerThread, { id, text }), onSuccess: onChange });
  return (
    <section className={consoleClasses.letter} aria-label={t`Answer`}>
      <FormShell
        onSubmit={() => answer.mutate()}
        submitError={null}
        loading={answer.isPending}
        submitLabel={<Trans>Send the answer</Trans>}
        submitDisabled={text.trim().length < 3 ? <Trans>Write the answer.</Trans> : null}
      >
        <Title order={2} size="h3">
          <Trans>Answer</Trans>
        </Title>
        <Textarea
          label={t`Your answer`}
          description={t`The person reads it on our pages; a mail says only that it has come.`}
          autosize
          minRows={5}
          maxRows={20}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Refusal error={answer.error} />
      </FormShell>
    </section>
  );
}

function Close({ id, onChange }: { id: string; onChange: () => void }) {
  const close = useMutation({ mutationFn: () => call(closeTicket, { id }), onSuccess: onChange });
  return (
    <div className={classes.close}>
      <Button variant="default" loading={close.isPending} onClick={() => close.mutate()}>
        <Trans>Close the conversation</Trans>
      </Button>
      <Text size="sm" c="var(--ml-text-2)">
        <Trans>The person can open it again by a message.</Trans>
      </Text>
      <Refusal error={close.error} />
    </div>
  );
}
