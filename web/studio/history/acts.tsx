import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Generation } from '#contract/generations.ts';
import { priceText } from '../../ui/amount.tsx';
import { useConfirm } from '../../ui/confirm.tsx';
import { kinds } from '../../ui/kinds.ts';
import { LinkButton } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { useCancel, useDelete } from '../create/generation.ts';

/** What can be done with a run, by its state. */
export function GenerationActs({ run }: { run: Generation }) {
  return run.finishedAt === null ? <WhileRunning run={run} /> : <AfterTheEnd run={run} />;
}

function WhileRunning({ run }: { run: Generation }) {
  const cancel = useCancel();
  const held = priceText(run.heldMicro);
  if (run.state === 'unknown') return null;
  return (
    <Group>
      <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(run.id)}>
        <Trans>Cancel and release {held}</Trans>
      </Button>
      <ProblemAlert error={cancel.error} />
    </Group>
  );
}

function AfterTheEnd({ run }: { run: Generation }) {
  const { t } = useLingui();
  const confirm = useConfirm();
  const navigate = useNavigate();
  const remove = useDelete(() => void navigate({ to: '/history' }));
  const models = useQuery(modelsQuery).data ?? [];
  const path = kinds.find((kind) => kind.kind === run.kind)?.path;
  const isOffered = models.some((model) => model.id === run.modelId);
  const ask = () =>
    confirm({
      title: t`Delete this for good?`,
      body: t`Prompt, files and results are erased and cannot be brought back. The charge stays in your wallet.`,
      action: t`Delete`,
      onConfirm: () => remove.mutate(run.id),
    });
  return (
    <Group gap="xs">
      {path === undefined || path === '/chat' || !isOffered ? null : (
        <LinkButton to={path} search={{ from: run.id }}>
          <Trans>Use again</Trans>
        </LinkButton>
      )}
      <Button variant="default" loading={remove.isPending} onClick={ask}>
        <Trans>Delete</Trans>
      </Button>
      <ProblemAlert error={remove.error} />
    </Group>
  );
}
