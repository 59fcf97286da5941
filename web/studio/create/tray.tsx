import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Popover, Text, UnstyledButton } from '@mantine/core';
import { IconProgress } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { GenerationSummary } from '#contract/generations.ts';
import classes from './create.module.css';
import { Elapsed } from './elapsed.tsx';
import { runningQuery, useCancel } from './generation.ts';
import { StateWords } from './state-words.tsx';

/** What is running, on every page: how long, how far if known, what is held, and a way to stop it. */
export function Tray() {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const runs = useQuery(runningQuery).data ?? [];
  if (runs.length === 0) return null;
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.trayCount}
          aria-label={plural(runs.length, { one: '# running', other: '# running' })}
          onClick={() => setOpen(!open)}
        >
          <IconProgress size={18} stroke={1.75} aria-hidden />
          <span aria-hidden="true">
            {runs.length}
            <span className={classes.trayWord}>
              {' '}
              <Trans>running</Trans>
            </span>
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t`Running now`}>
        {runs.map((run) => (
          <Row key={run.id} run={run} onLeave={() => setOpen(false)} />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

function Row({ run, onLeave }: { run: GenerationSummary; onLeave: () => void }) {
  const cancel = useCancel();
  return (
    <div className={classes.trayRow}>
      <Link to="/g/$id" params={{ id: run.id }} onClick={onLeave}>
        <Text size="sm" truncate dir="auto">
          {run.title || run.modelName}
        </Text>
      </Link>
      <Text size="xs" c="dimmed">
        {run.modelName} · <Elapsed since={run.createdAt} />
        {run.progress === null ? null : ` · ${Math.round(run.progress * 100)} %`}
      </Text>
      <Text size="xs" component="div">
        <StateWords run={run} />
      </Text>
      {run.state === 'unknown' ? null : (
        <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate(run.id)}>
          <Trans>Cancel</Trans>
        </Button>
      )}
    </div>
  );
}
