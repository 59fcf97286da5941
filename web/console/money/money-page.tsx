import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Text, TextInput, Title } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Id } from '#contract/ids.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { Page } from '../../ui/page.tsx';
import classes from './money.module.css';
import { Proposals } from './proposals.tsx';

/** What waits for a second person, a way to each member's money, and to codes and invoices. */
export function MoneyPage() {
  const { t } = useLingui();
  return (
    <Page
      title={t`Money`}
      aside={
        <Group gap="xs">
          <Button component={Link} variant="default" to={'/money/codes' as never}>
            <Trans>Codes</Trans>
          </Button>
          <Button component={Link} variant="default" to={'/money/invoices' as never}>
            <Trans>Providers’ invoices</Trans>
          </Button>
        </Group>
      }
    >
      <section className={classes.part}>
        <Title order={2} size="h3">
          <Trans>Waiting for a second person</Trans>
        </Title>
        <Proposals state="waiting" none={<Trans>Nothing waits.</Trans>} />
      </section>
      <section className={classes.part}>
        <Title order={2} size="h3">
          <Trans>A member’s money</Trans>
        </Title>
        <FindMember />
      </section>
      <section className={classes.part}>
        <Title order={2} size="h3">
          <Trans>Decided</Trans>
        </Title>
        <Proposals state="decided" none={<Trans>Nothing was decided yet.</Trans>} />
      </section>
    </Page>
  );
}

function FindMember() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const isId = Id.safeParse(id.trim()).success;
  return (
    <div className={classes.find}>
      <FormShell
        onSubmit={() => void navigate({ to: `/money/people/${id.trim()}` as never })}
        submitError={null}
        loading={false}
        submitLabel={<Trans>Open</Trans>}
        submitDisabled={
          isId ? null : (
            <Text size="sm" c="var(--ml-text-2)">
              <Trans>An id stands in every statement; who sees People opens it from there.</Trans>
            </Text>
          )
        }
      >
        <TextInput
          label={t`The member’s id`}
          autoComplete="off"
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
      </FormShell>
    </div>
  );
}
