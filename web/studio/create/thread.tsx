import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, CopyButton, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Generation } from '#contract/generations.ts';
import { priceText } from '../../ui/amount.tsx';
import { LinkButton } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { bytesText } from '../../ui/when.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { answersOf, turnsOf } from './conversation.ts';
import classes from './create.module.css';
import { Elapsed } from './elapsed.tsx';
import { FallbackWords } from './fallback-words.tsx';
import { threadQuery, useCancel, useGeneration } from './generation.ts';
import type { Revision } from './revising.tsx';
import { StateWords } from './state-words.tsx';
import { TurnActs } from './turn-acts.tsx';

interface ThreadProps {
  id: string;
  /** Asks for another version of a turn. */
  onRevise: (revision: Revision, words: string) => void;
}

/** All that was said on this branch, and the newest answer as it comes. */
export function Thread({ id, onRevise }: ThreadProps) {
  const { t } = useLingui();
  const run = useGeneration(id);
  const thread = useQuery(threadQuery(id)).data ?? [];
  const question = useRef<HTMLDivElement>(null);
  const isStep = useRef(false);
  // The newest question goes to the top of the view, once; nothing moves after that, nor from branch to branch.
  useEffect(() => {
    if (isStep.current) isStep.current = false;
    else if (run.isSuccess && id) question.current?.scrollIntoView({ block: 'start' });
  }, [id, run.isSuccess]);
  if (run.isPending) return <Waiting what={<Trans>the conversation</Trans>} rows={2} height={96} />;
  if (run.isError) return <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />;
  const turns = turnsOf(run.data);
  const answers = answersOf(run.data, turns, thread);
  const isOver = run.data.finishedAt !== null;
  const revise = (place: number, isAgain: boolean) => {
    const of = answers.get(place);
    const turn = turns[place];
    if (of === undefined || turn === undefined) return;
    const files = run.data.files.filter((file) => turn.files.includes(file.id));
    onRevise({ of, leaf: id, place, files, isAgain }, turn.text);
  };
  return (
    <>
      {/* Read out when the answer is whole, not word by word: see Said. */}
      <div role="log" aria-live="off" aria-label={t`Conversation`} className={classes.log}>
        {turns.map((turn, place) =>
          turn.role === 'user' ? (
            <div
              key={String(place)}
              className={classes.asked}
              ref={place === turns.length - 1 ? question : undefined}
            >
              <div className={classes.question} dir="auto">
                {turn.text}
                <TurnFiles ids={turn.files} files={run.data.files} />
              </div>
              <TurnActs
                thread={thread}
                answer={answers.get(place)}
                onStep={() => {
                  isStep.current = true;
                }}
                onEdit={isOver ? () => revise(place, false) : undefined}
              />
            </div>
          ) : (
            <div key={String(place)} className={classes.answer}>
              <Markdown text={turn.text} />
            </div>
          ),
        )}
        <Answer run={run.data} onAgain={() => revise(turns.length - 1, true)} />
      </div>
      <Said run={run.data} />
    </>
  );
}

/** What went with a message. A file that was deleted since is said to be. */
function TurnFiles({ ids, files }: { ids: string[]; files: Generation['files'] }) {
  const { t } = useLingui();
  if (ids.length === 0) return null;
  return (
    <ul className={classes.sentFiles} aria-label={t`Sent files`}>
      {ids.map((id) => {
        const file = files.find((one) => one.id === id);
        if (file === undefined)
          return (
            <li key={id} className={classes.sentFile}>
              <Trans>A file that was deleted</Trans>
            </li>
          );
        return (
          <li key={id} className={classes.sentFile}>
            <a href={`/api/files/${id}`} target="_blank" rel="noreferrer">
              {file.mediaType.startsWith('image/') ? (
                <img src={`/api/files/${id}`} alt={file.name} className={classes.sentPicture} />
              ) : (
                <bdi>{file.name}</bdi>
              )}
            </a>
            {file.mediaType.startsWith('image/') ? null : <span> · {bytesText(file.bytes)}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function Answer({ run, onAgain }: { run: Generation; onAgain: () => void }) {
  const isWriting = run.finishedAt === null;
  return (
    <div className={classes.answer} aria-busy={isWriting} data-newest>
      {run.reasoning ? (
        <details className={classes.reasoning}>
          <summary>
            <Trans>Reasoning</Trans>
          </summary>
          <div dir="auto">{run.reasoning}</div>
        </details>
      ) : null}
      {run.text ? <Markdown text={run.text} /> : null}
      {run.ending === null ? null : (
        <Alert color={run.ending.why === 'cancelled' || run.state === 'unknown' ? 'held' : 'danger'}>
          {run.ending.message}
        </Alert>
      )}
      <FallbackWords run={run} />
      {run.changes.length === 0 ? null : <div className={classes.changes}>{run.changes.join(' ')}</div>}
      <div className={classes.facts}>
        <span>{run.modelName}</span>
        <StateWords run={run} />
        {isWriting ? <Elapsed since={run.createdAt} /> : null}
      </div>
      {isWriting ? <Stop id={run.id} /> : <Acts run={run} onAgain={onAgain} />}
    </div>
  );
}

function Stop({ id }: { id: string }) {
  const cancel = useCancel();
  return (
    <Group>
      <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate(id)}>
        <Trans>Stop and pay only what is written</Trans>
      </Button>
      <ProblemAlert error={cancel.error} />
    </Group>
  );
}

function Acts({ run, onAgain }: { run: Generation; onAgain: () => void }) {
  return (
    <Group gap="xs">
      {run.text ? (
        <CopyButton value={run.text}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy}>
              {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
            </Button>
          )}
        </CopyButton>
      ) : null}
      <Button variant="default" size="xs" onClick={onAgain}>
        <Trans>Answer again</Trans>
      </Button>
      <LinkButton to="/g/$id" params={{ id: run.id }} variant="default" size="xs">
        <Trans>Details and charge</Trans>
      </LinkButton>
    </Group>
  );
}

/** What a screen reader hears: that it began, and that it is whole. */
function Said({ run }: { run: Generation }) {
  const { t } = useLingui();
  const count = (run.text ?? '').split(/\s+/).filter(Boolean).length;
  const price = priceText(run.chargedMicro);
  return (
    <div role="status" className={classes.hidden}>
      {run.finishedAt === null ? t`Answering` : t`Answer complete, ${count} words, ${price}`}
    </div>
  );
}
