import { Trans } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import { IconReceipt2, IconRotate2, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { LinkText } from '../../ui/link.tsx';
import classes from './landing.module.css';

const sign = { size: 24, stroke: 1.75, 'aria-hidden': true } as const;

/** Three promises, each with the place where it can be checked. */
export function Proofs() {
  return (
    <section className={classes.proofs}>
      <Proof sign={<IconReceipt2 {...sign} />} title={<Trans>The exact charge</Trans>}>
        <Trans>
          The most it can cost is held, what it used is charged, the rest is back at once. Every change has
          its row in your wallet.
        </Trans>
      </Proof>
      <Proof sign={<IconRotate2 {...sign} />} title={<Trans>Failures are free</Trans>}>
        <Trans>
          If a provider refuses, fails or does not answer, you are not charged. We say who refused, and why.
        </Trans>
      </Proof>
      <Proof sign={<IconTrash {...sign} />} title={<Trans>Delete everything</Trans>}>
        <Trans>
          Prompts and results are sealed with a key of your own. Delete one, or all; take everything along
          first. See the{' '}
          <LinkText to="/legal/$document" params={{ document: 'privacy' }}>
            privacy policy
          </LinkText>
          .
        </Trans>
      </Proof>
    </section>
  );
}

function Proof(props: { sign: ReactNode; title: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.proof}>
      {props.sign}
      <Title order={2} size="h3">
        {props.title}
      </Title>
      <Text size="sm" c="var(--ml-text-2)">
        {props.children}
      </Text>
    </div>
  );
}
