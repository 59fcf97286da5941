import { Trans, useLingui } from '@lingui/react/macro';
import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Page } from '../../ui/page.tsx';
import { Disputes } from './disputes.tsx';
import { Payouts, Refunds } from './moved.tsx';
import { Unmatched } from './unmatched.tsx';

/** What became of money after it came, what waits for a decision first. */
export function PaymentsPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Payments`}>
      <Stack gap="xl">
        <Part title={<Trans>Not credited</Trans>}>
          <Unmatched />
        </Part>
        <Part title={<Trans>Disputes and warnings</Trans>}>
          <Disputes />
        </Part>
        <Part title={<Trans>Refunds</Trans>}>
          <Refunds />
        </Part>
        <Part title={<Trans>Payouts to our bank</Trans>}>
          <Payouts />
        </Part>
      </Stack>
    </Page>
  );
}

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}
