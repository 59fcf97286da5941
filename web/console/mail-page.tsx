import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Button, CopyButton } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { listOutbox } from '#contract/console.ts';
import { call } from '../call.ts';
import { Page } from '../ui/page.tsx';
import { ProblemAlert } from '../ui/problem.tsx';
import { Empty, Waiting } from '../ui/states.tsx';
import { When } from '../ui/when.tsx';
import classes from './console.module.css';
import { MoreButton } from './more-button.tsx';

const outboxQuery = infiniteQueryOptions({
  queryKey: ['console', 'outbox'],
  queryFn: ({ pageParam }) => call(listOutbox, { before: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: 5000,
});

type Letter = Awaited<ReturnType<typeof call<typeof listOutbox>>>['items'][number];

/** Mail that left, or would have left. */
export function MailPage() {
  const { t } = useLingui();
  const pages = useInfiniteQuery(outboxQuery);
  const letters = pages.data?.pages.flatMap((page) => page.items);
  return (
    <Page
      title={t`Mail`}
      width="text"
      aside={
        <Button variant="default" onClick={() => void pages.refetch()}>
          <Trans>Look again</Trans>
        </Button>
      }
    >
      {pages.isPending ? <Waiting what={<Trans>the mail</Trans>} height={120} /> : null}
      <ProblemAlert error={pages.error} onRetry={() => void pages.refetch()} />
      {letters?.length === 0 ? (
        <Empty title={<Trans>No mail yet</Trans>}>
          <Trans>A code to confirm an address appears here a moment after a sign-up.</Trans>
        </Empty>
      ) : null}
      {letters?.map((letter) => (
        <LetterCard key={letter.id} letter={letter} />
      ))}
      <MoreButton pages={pages} />
    </Page>
  );
}

function LetterCard({ letter }: { letter: Letter }) {
  const { t } = useLingui();
  const code = /\b\d{6}\b/.exec(letter.text)?.[0];
  const states = { queued: t`Waiting`, sent: t`Sent`, failed: t`Failed`, kept: t`Kept here` };
  return (
    <article className={classes.letter}>
      <div className={classes.head}>
        <strong dir="auto">{letter.subject}</strong>
        <Badge color={letter.state === 'failed' ? 'danger' : letter.state === 'queued' ? 'held' : 'ok'}>
          {states[letter.state]}
        </Badge>
      </div>
      <div className={classes.quiet}>
        <bdi dir="ltr">{letter.to}</bdi> · <When at={letter.at} />
      </div>
      <p className={classes.text} dir="auto">
        {letter.text}
      </p>
      {code === undefined ? null : <CopyCode code={code} />}
    </article>
  );
}

function CopyCode({ code }: { code: string }) {
  return (
    <CopyButton value={code}>
      {({ copied, copy }) => (
        <Button variant="default" size="xs" mt="xs" onClick={copy} aria-live="polite">
          {copied ? <Trans>Copied</Trans> : <Trans>Copy the code {code}</Trans>}
        </Button>
      )}
    </CopyButton>
  );
}
