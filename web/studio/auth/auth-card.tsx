import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useDocumentTitle } from '../../ui/page.tsx';
import classes from './auth.module.css';

/** One narrow column: a heading, a sentence, a form, and where else one could go. */
export function AuthCard(props: { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode }) {
  useDocumentTitle(props.title);
  return (
    <div className={classes.card}>
      <Title order={1}>{props.title}</Title>
      {props.lead ? (
        <Text size="sm" c="var(--ml-text-2)" mt={4}>
          {props.lead}
        </Text>
      ) : null}
      <div className={classes.body}>{props.children}</div>
      {props.foot ? <div className={classes.foot}>{props.foot}</div> : null}
    </div>
  );
}
