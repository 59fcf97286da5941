import { Trans } from '@lingui/react/macro';
import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './states.module.css';

/** An empty page: a title, one sentence, one thing to do. */
export function Empty({
  title,
  children,
  action,
}: {
  title: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.empty}>
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text size="sm" c="var(--ml-text-2)" maw={440}>
        {children}
      </Text>
      {action}
    </div>
  );
}

/** Rows of the final height; nothing for the first 150 ms, words after two seconds. */
export function Waiting({
  rows = 5,
  height = 56,
  what,
}: {
  rows?: number;
  height?: number;
  what: ReactNode;
}) {
  const waited = useWaited();
  return (
    <Stack gap="xs" aria-busy className={waited === 'moment' ? classes.hidden : undefined}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={String(row)} height={height} radius="md" animate={waited !== 'moment'} />
      ))}
      <Text size="sm" c="dimmed" role="status" mih={20}>
        {waited === 'long' ? <Trans>Still loading {what}</Trans> : null}
      </Text>
    </Stack>
  );
}

function useWaited(): 'moment' | 'short' | 'long' {
  const [waited, setWaited] = useState<'moment' | 'short' | 'long'>('moment');
  // Time is outside React: two timers tell when to show what.
  useEffect(() => {
    const short = setTimeout(() => setWaited('short'), 150);
    const long = setTimeout(() => setWaited('long'), 2000);
    return () => {
      clearTimeout(short);
      clearTimeout(long);
    };
  }, []);
  return waited;
}

export function PageTitle({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  return (
    <div className={classes.title}>
      <Title order={1}>{children}</Title>
      {aside}
    </div>
  );
}
