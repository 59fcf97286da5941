import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Loader, Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Generation } from '#contract/generations.ts';
import { priceText } from '../../ui/amount.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { kinds } from '../../ui/kinds.ts';
import { LinkButton } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import classes from './create.module.css';
import { Elapsed } from './elapsed.tsx';
import { FallbackWords } from './fallback-words.tsx';
import { soundQuery, useCancel, useDelete, useGeneration } from './generation.ts';
import { Look } from './look.tsx';
import { Outputs } from './outputs.tsx';
import { playable } from './playable.ts';
import { StateWords } from './state-words.tsx';

const Listening = lazy(async () => ({ default: (await import('./listening.tsx')).Listening }));

/** One run among the results: prompt, model, money, what came out. It is never replaced by the next. */
export function RunCard({ id }: { id: string }) {
  const run = useGeneration(id);
  if (run.isPending) return <Waiting what={<Trans>a result</Trans>} rows={1} height={240} />;
  if (run.isError) return <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />;
  return <Shown run={run.data} />;
}

function Shown({ run }: { run: Generation }) {
  const [isHeard, setHeard] = useState(false);
  const stop = () => setHeard(false);
  return (
    <article className={classes.card} aria-busy={run.finishedAt === null}>
      <div className={classes.prompt} dir="auto">
        {String(run.params.prompt ?? run.title)}
      </div>
      <div className={classes.facts}>
        <span>{run.modelName}</span>
        <When at={run.createdAt} />
        <StateWords run={run} />
      </div>
      {run.changes.length === 0 ? null : <div className={classes.changes}>{run.changes.join(' ')}</div>}
      <FallbackWords run={run} />
      {isHeard ? (
        <Suspense fallback={null}>
          <Listening run={run} onBroken={stop} />
        </Suspense>
      ) : null}
      {run.finishedAt === null ? (
        <Making run={run} isHeard={isHeard} onHear={() => setHeard(true)} onStop={stop} />
      ) : null}
      {run.ending === null ? null : (
        <Alert color={run.state === 'unknown' || run.ending.why === 'cancelled' ? 'held' : 'danger'}>
          {run.ending.message}
        </Alert>
      )}
      <Outputs run={run} isHeard={isHeard} />
      {run.text === null ? null : (
        <Text size="md" dir="auto">
          {run.text}
        </Text>
      )}
      {run.finishedAt === null ? null : <Acts run={run} />}
    </article>
  );
}

interface MakingProps {
  run: Generation;
  /** It plays while it is made. */
  isHeard: boolean;
  onHear: () => void;
  onStop: () => void;
}

function Making({ run, isHeard, onHear, onStop }: MakingProps) {
  const { t } = useLingui();
  const percent = run.progress === null ? null : Math.round(run.progress * 100);
  return (
    <div className={classes.making}>
      <Look id={run.id} />
      {percent === null ? (
        <Loader size="sm" mx="auto" aria-hidden />
      ) : (
        <Progress value={percent} w={200} aria-label={t`Progress`} />
      )}
      <Text size="sm" role="status">
        {percent === null ? <Trans>Making it</Trans> : <Trans>{percent} % made</Trans>} ·{' '}
        <Elapsed since={run.createdAt} />
      </Text>
      <Hear id={run.id} isHeard={isHeard} onHear={onHear} onStop={onStop} />
      {isHeard ? null : <Cancel run={run} />}
    </div>
  );
}

/** Nothing plays by itself: what is there so far is played to who asks for it, and is theirs to pay from then on. */
function Hear({ id, isHeard, onHear, onStop }: { id: string } & Omit<MakingProps, 'run'>) {
  const mediaType = useQuery(soundQuery(id)).data ?? null;
  if (mediaType === null || !playable(mediaType)) return null;
  return (
    <>
      <Button
        variant={isHeard ? 'default' : 'filled'}
        size="xs"
        mx="auto"
        onClick={isHeard ? onStop : onHear}
      >
        {isHeard ? <Trans>Stop listening</Trans> : <Trans>Listen while it is made</Trans>}
      </Button>
      {isHeard ? null : (
        <Text size="xs" c="dimmed">
          <Trans>Once you listen it is made to its end, and charged.</Trans>
        </Text>
      )}
    </>
  );
}

function Cancel({ run }: { run: Generation }) {
  const cancel = useCancel();
  const held = priceText(run.heldMicro);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        mx="auto"
        loading={cancel.isPending}
        onClick={() => cancel.mutate(run.id)}
      >
        <Trans>Cancel and release {held}</Trans>
      </Button>
      <ProblemAlert error={cancel.error} />
    </>
  );
}

function Acts({ run }: { run: Generation }) {
  const { t } = useLingui();
  const confirm = useConfirm();
  const remove = useDelete();
  const models = useQuery(modelsQuery).data ?? [];
  const path = kinds.find((kind) => kind.kind === run.kind)?.path;
  const ask = () =>
    confirm({
      title: t`Delete this for good?`,
      body: t`Prompt, files and results are erased and cannot be brought back. The charge stays in your wallet.`,
      action: t`Delete`,
      onConfirm: () => remove.mutate(run.id),
    });
  return (
    <div className={classes.acts}>
      {path === undefined || !models.some((model) => model.id === run.modelId) ? null : (
        <LinkButton to={path} search={{ from: run.id }} variant="default" size="xs">
          <Trans>Use again</Trans>
        </LinkButton>
      )}
      <LinkButton to="/g/$id" params={{ id: run.id }} variant="default" size="xs">
        <Trans>Details and charge</Trans>
      </LinkButton>
      <Button variant="subtle" color="danger" size="xs" loading={remove.isPending} onClick={ask}>
        <Trans>Delete</Trans>
      </Button>
      <ProblemAlert error={remove.error} />
    </div>
  );
}
