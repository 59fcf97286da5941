import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Group, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Generation } from '#contract/generations.ts';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { bytesText, When } from '../../ui/when.tsx';
import { turnsOf } from '../create/conversation.ts';
import { useGeneration } from '../create/generation.ts';
import { Outputs } from '../create/outputs.tsx';
import { StateWords } from '../create/state-words.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { GenerationActs } from './acts.tsx';
import { ChargeCard } from './charge-card.tsx';
import classes from './history.module.css';
import { ParametersCard } from './parameters-card.tsx';
import { SentToCard } from './sent-to-card.tsx';

const route = getRouteApi('/member/g/$id');

/** One run with all that belongs to it: what was asked, what came out, what it cost, where the data went. */
export function GenerationPage() {
  const { t } = useLingui();
  const { id } = route.useParams();
  const run = useGeneration(id);
  return (
    <Page title={run.data?.title || t`One run`} bare>
      {run.isPending ? <Waiting what={<Trans>the run</Trans>} rows={3} height={160} /> : null}
      <ProblemAlert error={run.error} onRetry={() => void run.refetch()} />
      {run.data ? <Shown run={run.data} /> : null}
    </Page>
  );
}

function Shown({ run }: { run: Generation }) {
  return (
    <>
      <Title order={1} size="h2">
        {run.modelName}
      </Title>
      <div className={classes.lead}>
        <When at={run.createdAt} />
        <StateWords run={run} />
      </div>
      <div className={classes.detail}>
        <div className={classes.main}>
          <Asked run={run} />
          <CameOut run={run} />
          <GenerationActs run={run} />
        </div>
        <div className={classes.aside}>
          <ChargeCard run={run} />
          <ParametersCard run={run} />
          <SentToCard run={run} />
        </div>
      </div>
    </>
  );
}

function Asked({ run }: { run: Generation }) {
  const turns = turnsOf(run);
  const words =
    run.kind === 'text' ? (turns.at(-1)?.text ?? run.title) : String(run.params.prompt ?? run.title);
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Prompt</Trans>
      </Title>
      <div className={classes.prompt} dir="auto">
        {words}
      </div>
      {turns.length > 1 ? (
        <Text size="sm" c="dimmed" mt="xs">
          <Trans>With {turns.length - 1} messages before it.</Trans>
        </Text>
      ) : null}
      {run.changes.map((change) => (
        <Text key={change} size="sm" c="var(--ml-text-2)" mt="xs">
          {change}
        </Text>
      ))}
      {run.files.map((file) => (
        <Text key={file.id} size="sm" c="var(--ml-text-2)" mt="xs">
          <a href={`/api/files/${file.id}`}>{file.name}</a> · {bytesText(file.bytes)}
        </Text>
      ))}
    </section>
  );
}

function CameOut({ run }: { run: Generation }) {
  const isEmpty = run.outputs.length === 0 && !run.text && run.ending === null;
  if (isEmpty && run.finishedAt !== null) return null;
  return (
    <section className={classes.card} aria-busy={run.finishedAt === null}>
      <Group justify="space-between">
        <Title order={2} size="h3">
          <Trans>Result</Trans>
        </Title>
        {run.kind === 'text' ? (
          <LinkButton to="/chat/$id" params={{ id: run.id }} variant="default" size="xs">
            <Trans>Open the conversation</Trans>
          </LinkButton>
        ) : null}
      </Group>
      {isEmpty ? (
        <Text size="sm" c="var(--ml-text-2)" role="status">
          <Trans>It is being made. You may leave this page.</Trans>
        </Text>
      ) : null}
      {run.ending === null ? null : (
        <Alert color={run.ending.why === 'cancelled' || run.state === 'unknown' ? 'held' : 'danger'} mb="sm">
          {run.ending.message}
        </Alert>
      )}
      {run.text ? <Markdown text={run.text} /> : null}
      <Outputs run={run} />
    </section>
  );
}
