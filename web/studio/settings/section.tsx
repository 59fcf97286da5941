import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './settings.module.css';

/** One card of settings: a heading, a sentence if needed, the controls. */
export function Section(props: { title: ReactNode; lead?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.card}>
      <div className={classes.head}>
        <Title order={2} size="h3">
          {props.title}
        </Title>
        {props.lead ? (
          <Text size="sm" className={classes.note}>
            {props.lead}
          </Text>
        ) : null}
      </div>
      {props.children}
    </section>
  );
}

/** Says for the moment that it is kept; the region is always there, so that it is read out. */
export function Saved({ when, children }: { when: boolean; children: ReactNode }) {
  return (
    <Text size="sm" c="var(--ml-ok)" role="status" mih={20}>
      {when ? children : null}
    </Text>
  );
}
