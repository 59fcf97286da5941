import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group } from '@mantine/core';
import type { Generation } from '#contract/generations.ts';
import { LinkButton } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { turnsOf } from '../create/conversation.ts';
import shared from '../create/create.module.css';
import { Elapsed } from '../create/elapsed.tsx';
import { FallbackWords } from '../create/fallback-words.tsx';
import { useCancel, useGeneration } from '../create/generation.ts';
import { RunCard } from '../create/run-card.tsx';
import { StateWords } from '../create/state-words.tsx';
import { Markdown } from '../markdown/markdown.tsx';

/** What one model made of the prompt, how long it took and what it cost by itself. */
export function Column({ id }: { id: string }) {
  const run = useGeneration(id);
  if (run.isPending) return <Waiting what={<Trans>a result</Trans>} rows={1} height={240} />;
  if (run.isError) return <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />;
  return run.data.kind === 'text' ? <Answer run={run.data} /> : <RunCard id={id} />;
}

function Answer({ run }: { run: Generation }) {
  const cancel = useCancel();
  const isWriting = run.finishedAt === null;
  return (
    <article className={shared.card} aria-busy={isWriting} aria-label={run.modelName}>
      <h2 className={shared.answerer}>{run.modelName}</h2>
      <div className={shared.prompt} dir="auto">
        {turnsOf(run).at(-1)?.text ?? run.title}
      </div>
      <div className={shared.facts}>
        <StateWords run={run} />
        {isWriting ? <Elapsed since={run.createdAt} /> : <Took run={run} />}
      </div>
      <FallbackWords run={run} />
      {run.text ? <Markdown text={run.text} /> : null}
      {run.ending === null ? null : (
        <Alert color={run.ending.why === 'cancelled' || run.state === 'unknown' ? 'held' : 'danger'}>
          {run.ending.message}
        </Alert>
      )}
      {isWriting ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={cancel.isPending}
            onClick={() => cancel.mutate(run.id)}
          >
            <Trans>Stop and pay only what is written</Trans>
          </Button>
          <ProblemAlert error={cancel.error} />
        </Group>
      ) : (
        <Group gap="xs">
          <LinkButton to="/chat/$id" params={{ id: run.id }} variant="default" size="xs">
            <Trans>Go on with this one</Trans>
          </LinkButton>
          <LinkButton to="/g/$id" params={{ id: run.id }} variant="default" size="xs">
            <Trans>Details and charge</Trans>
          </LinkButton>
        </Group>
      )}
    </article>
  );
}

/** From the wish to its end. */
function Took({ run }: { run: Generation }) {
  if (run.finishedAt === null) return null;
  const seconds = Math.max(1, Math.round((Date.parse(run.finishedAt) - Date.parse(run.createdAt)) / 1000));
  return (
    <span>
      <Trans>{seconds} s</Trans>
    </span>
  );
}
