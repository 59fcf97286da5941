import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  proveByLink,
  type RightsRequest,
  removeByLink,
  type Thread,
  type TicketMessage,
} from '#contract/support.ts';
import { call, Refused } from '../../call.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { LinkButton, LinkText } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Empty, Waiting } from '../../ui/states.tsx';
import { bytesText, When } from '../../ui/when.tsx';
import classes from './contact.module.css';
import { threadQuery } from './queries.ts';
import { ReplyForm } from './reply-form.tsx';
import { rightWords, stateWords, topicWords } from './words.ts';

/** One conversation with us: a member's own, or a visitor's by the link of the mail, whose key stands behind the hash. */
export function ThreadPage() {
  const { t, i18n } = useLingui();
  const { id } = useParams({ from: '/contact/$id' });
  const { hash } = useLocation();
  const key = hash === '' ? null : hash;
  const thread = useQuery(threadQuery(id, key));
  const [isRemoved, setRemoved] = useState(false);
  if (isRemoved)
    return (
      <Page title={t`Conversation`} width="text">
        <Empty
          title={<Trans>This conversation is gone</Trans>}
          action={
            <LinkButton to="/contact" variant="default">
              <Trans>Write to us again</Trans>
            </LinkButton>
          }
        >
          <Trans>Its words, its files and your address are erased.</Trans>
        </Empty>
      </Page>
    );
  return (
    <Page
      title={thread.data === undefined ? t`Conversation` : i18n._(topicWords[thread.data.topic])}
      width="text"
      aside={
        thread.data === undefined ? null : (
          <span className={classes.state} data-state={thread.data.state}>
            {i18n._(stateWords[thread.data.state])}
          </span>
        )
      }
    >
      {thread.isPending ? <Waiting what={<Trans>the conversation</Trans>} rows={3} height={96} /> : null}
      {thread.isError ? (
        <NotOpened error={thread.error} id={id} onRetry={() => void thread.refetch()} />
      ) : null}
      {thread.data === undefined ? null : (
        <Conversation thread={thread.data} linkKey={key} onRemoved={() => setRemoved(true)} />
      )}
    </Page>
  );
}

function NotOpened({ error, id, onRetry }: { error: unknown; id: string; onRetry: () => void }) {
  const isClosedDoor =
    error instanceof Refused && (error.slug === 'not-signed-in' || error.slug === 'not-found');
  if (!isClosedDoor) return <ProblemAlert error={error} onRetry={onRetry} />;
  return (
    <Empty
      title={<Trans>This conversation does not open</Trans>}
      action={
        <Button component="a" href={`/sign-in?next=/contact/${id}`} variant="default">
          <Trans>Sign in</Trans>
        </Button>
      }
    >
      <Trans>Open it by the whole link in our mail. If you wrote as a member, sign in.</Trans>
    </Empty>
  );
}

interface ConversationProps {
  thread: Thread;
  linkKey: string | null;
  onRemoved: () => void;
}

function Conversation({ thread, linkKey, onRemoved }: ConversationProps) {
  const { t } = useLingui();
  return (
    <>
      {thread.request === null ? null : (
        <RequestCard request={thread.request} id={thread.id} linkKey={linkKey} />
      )}
      <ol className={classes.messages} aria-label={t`Messages`}>
        {thread.messages.map((message) => (
          <li key={message.id}>
            <Message message={message} isLinked={linkKey === null} />
          </li>
        ))}
      </ol>
      <section className={classes.card} aria-label={t`Go on`}>
        <ReplyForm key={thread.messages.length} id={thread.id} linkKey={linkKey} state={thread.state} />
      </section>
      {linkKey === null ? (
        <Text size="sm" mt="md">
          <LinkText to="/contact">
            <Trans>All conversations</Trans>
          </LinkText>
        </Text>
      ) : (
        <Remove id={thread.id} linkKey={linkKey} onRemoved={onRemoved} />
      )}
    </>
  );
}

function Message({ message, isLinked }: { message: TicketMessage; isLinked: boolean }) {
  return (
    <article className={classes.message} data-author={message.author}>
      <div className={classes.rowHead}>
        <strong>{message.author === 'staff' ? <Trans>Mluen support</Trans> : <Trans>You</Trans>}</strong>
        <span className={classes.quiet}>
          <When at={message.at} />
        </span>
      </div>
      <p className={classes.words} dir="auto">
        {message.text}
      </p>
      {message.files.length === 0 ? null : (
        <ul className={classes.files}>
          {message.files.map(({ id, name, bytes }) => (
            <li key={id}>
              {isLinked ? (
                <Anchor href={`/api/files/${id}?download`} size="sm" underline="always">
                  <bdi>{name}</bdi>
                </Anchor>
              ) : (
                <bdi>{name}</bdi>
              )}{' '}
              <span className={classes.quiet}>{bytesText(bytes)}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

/** What was asked for, until when the law wants an answer, and the confirmation that it comes from the address. */
function RequestCard({
  request,
  id,
  linkKey,
}: {
  request: RightsRequest;
  id: string;
  linkKey: string | null;
}) {
  const { i18n } = useLingui();
  const cache = useQueryClient();
  const prove = useMutation({
    mutationFn: (key: string) => call(proveByLink, { id, key }),
    onSuccess: (thread) => cache.setQueryData(threadQuery(id, linkKey).queryKey, thread),
  });
  const asked = i18n._(rightWords[request.kind]);
  const isWaiting = request.provenAt === null && request.outcome === null;
  return (
    <Alert color={isWaiting ? 'held' : 'accent'} mb="lg" title={asked}>
      <Text size="sm">
        {request.outcome === 'answered' ? <Trans>Your request was answered.</Trans> : null}
        {request.outcome === 'refused' ? (
          <Trans>Your request was refused: {request.outcomeReason}</Trans>
        ) : null}
        {request.outcome === null ? (
          <Trans>
            Answered by <When at={request.dueAt} only="date" /> at the latest ({request.law}).
          </Trans>
        ) : null}
      </Text>
      {request.extensionReason === null ? null : (
        <Text size="sm">
          <Trans>It takes longer than usual: {request.extensionReason}</Trans>
        </Text>
      )}
      {isWaiting && linkKey !== null ? (
        <>
          <Text size="sm" mb="xs">
            <Trans>
              Confirm that this request is yours. Until then we give nothing out and erase nothing.
            </Trans>
          </Text>
          <Button size="xs" loading={prove.isPending} onClick={() => prove.mutate(linkKey)}>
            <Trans>Yes, this is my request</Trans>
          </Button>
        </>
      ) : null}
      <ProblemAlert error={prove.error} />
    </Alert>
  );
}

function Remove({ id, linkKey, onRemoved }: { id: string; linkKey: string; onRemoved: () => void }) {
  const { t } = useLingui();
  const confirm = useConfirm();
  const remove = useMutation({
    mutationFn: () => call(removeByLink, { id, key: linkKey }),
    onSuccess: onRemoved,
  });
  return (
    <div className={classes.remove}>
      <Button
        variant="subtle"
        color="danger"
        size="xs"
        loading={remove.isPending}
        onClick={() =>
          confirm({
            title: t`Erase this conversation?`,
            body: (
              <Trans>Its words, its files and your address go at once. We can then answer no more.</Trans>
            ),
            action: t`Erase the conversation`,
            onConfirm: () => remove.mutate(),
          })
        }
      >
        <Trans>Erase this conversation</Trans>
      </Button>
      <ProblemAlert error={remove.error} />
    </div>
  );
}
