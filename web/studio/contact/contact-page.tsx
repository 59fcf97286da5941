import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type TicketSummary, Topic } from '#contract/support.ts';
import { LinkText } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { useMe } from '../../ui/queries.ts';
import rows from '../../ui/rows.module.css';
import { When } from '../../ui/when.tsx';
import classes from './contact.module.css';
import { ContactForm, type Sent } from './contact-form.tsx';
import { ticketsQuery } from './queries.ts';
import { stateWords, topicWords } from './words.ts';

/** Where anyone writes to us, and a member finds what was written before (clause 1.2). */
export function ContactPage() {
  const { t } = useLingui();
  const me = useMe();
  const topic = Topic.safeParse(useSearch({ from: '/contact' }).topic).data;
  const [sent, setSent] = useState<Sent | null>(null);
  return (
    <Page title={t`Contact`} width="text">
      <Text mb="lg" c="var(--ml-text-2)">
        {me === null ? (
          <Trans>
            Questions, requests, complaints: a person reads them. We answer to the address that you give.
          </Trans>
        ) : (
          <Trans>
            Questions, requests, complaints: a person reads them. You find the answer here, and a mail tells
            you that it has come.
          </Trans>
        )}
      </Text>
      <div role="status">{sent === null ? null : <SentNote sent={sent} />}</div>
      {sent === null ? (
        <section className={classes.card} aria-label={t`Your message`}>
          <ContactForm key={topic} topic={topic ?? 'question'} me={me} onSent={setSent} />
        </section>
      ) : null}
      {me === null ? null : <Conversations />}
    </Page>
  );
}

function SentNote({ sent }: { sent: Sent }) {
  return (
    <Alert color="ok" title={<Trans>We have your message</Trans>}>
      <Stack gap="xs">
        {sent.address === undefined ? (
          <Text size="sm">
            <LinkText to="/contact/$id" params={{ id: sent.id }}>
              <Trans>Open the conversation</Trans>
            </LinkText>
          </Text>
        ) : (
          <Text size="sm">
            <Trans>
              We have sent a link to <bdi dir="ltr">{sent.address}</bdi>. By it you read our answer and go on;
              keep it to yourself.
            </Trans>
          </Text>
        )}
        {sent.dueAt === null ? null : (
          <Text size="sm">
            {sent.address === undefined ? (
              <Trans>
                You have our answer by <When at={sent.dueAt} only="date" />, as the law asks.
              </Trans>
            ) : (
              <Trans>
                Open the link and confirm that the request is yours: nothing is given out or erased before.
                You have our answer by <When at={sent.dueAt} only="date" />, as the law asks.
              </Trans>
            )}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function Conversations() {
  const { t } = useLingui();
  const pages = useInfiniteQuery(ticketsQuery);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (pages.isError) return <ProblemAlert error={pages.error} onRetry={() => void pages.refetch()} />;
  if (items.length === 0) return null;
  return (
    <section className={classes.conversations} aria-label={t`Your conversations`}>
      <Title order={2} size="h3">
        <Trans>Your conversations</Trans>
      </Title>
      <ul className={rows.rows}>
        {items.map((item) => (
          <li key={item.id}>
            <Conversation item={item} />
          </li>
        ))}
      </ul>
      {pages.hasNextPage ? (
        <button type="button" className={classes.more} onClick={() => void pages.fetchNextPage()}>
          <Trans>Show older ones</Trans>
        </button>
      ) : null}
    </section>
  );
}

function Conversation({ item }: { item: TicketSummary }) {
  const { i18n } = useLingui();
  return (
    <Link to="/contact/$id" params={{ id: item.id }} className={`${rows.row} ${classes.row}`}>
      <span className={classes.rowHead}>
        <strong>{i18n._(topicWords[item.topic])}</strong>
        <span className={classes.state} data-state={item.state}>
          {i18n._(stateWords[item.state])}
        </span>
      </span>
      <span className={classes.beginning} dir="auto">
        {item.beginning}
      </span>
      <span className={classes.quiet}>
        <When at={item.lastAt} />
      </span>
    </Link>
  );
}
