import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Loader, Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
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
import { useCancel, useDelete, useGeneration } from './generation.ts';
import { Look } from './look.tsx';
import { Outputs } from './outputs.tsx';
import { StateWords } from './state-words.tsx';

/** One run among the results: prompt, model, money, what came out. It is never replaced by the next. */
export function RunCard({ id }: { id: string }) {
  const run = useGeneration(id);
  if (run.isPending) return <Waiting what={<Trans>a result</Trans>} rows={1} height={240} />;
  if (run.isError) return <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />;
  return <Shown run={run.data} />;
}

function Shown({ run }: { run: Generation }) {
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
      {run.finishedAt === null ? <Making run={run} /> : null}
      {run.ending === null ? null : (
        <Alert color={run.state === 'unknown' || run.ending.why === 'cancelled' ? 'held' : 'danger'}>
          {run.ending.message}
        </Alert>
      )}
      <Outputs run={run} />
      {run.text === null ? null : (
        <Text size="md" dir="auto">
          {run.text}
        </Text>
      )}
      {run.finishedAt === null ? null : <Acts run={run} />}
    </article>
  );
}

function Making({ run }: { run: Generation }) {
  const { t } = useLingui();
  const cancel = useCancel();
  const held = priceText(run.heldMicro);
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
    </div>
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
