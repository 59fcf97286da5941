import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import type { ComponentProps } from 'react';
import type { Member } from '#contract/members.ts';
import classes from './shell.module.css';

interface AvatarProps extends ComponentProps<'button'> {
  me: Member;
}

/** The button that opens the person's menu. */
export function Avatar({ me, ...button }: AvatarProps) {
  const { t } = useLingui();
  return (
    <UnstyledButton
      aria-haspopup="menu"
      aria-expanded={false}
      {...button}
      className={classes.avatar}
      aria-label={t`Account of ${me.displayName}`}
    >
      <span aria-hidden="true">{[...me.displayName][0]?.toUpperCase()}</span>
    </UnstyledButton>
  );
}
