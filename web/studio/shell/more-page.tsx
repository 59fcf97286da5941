import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import {
  type Icon,
  IconColumns,
  IconCookie,
  IconFileText,
  IconHeartbeat,
  IconKey,
  IconLayoutGrid,
  IconLifebuoy,
  IconSettings,
  IconShieldLock,
  IconTag,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { useSignOut } from '../auth/use-sign-out.ts';
import classes from './shell.module.css';

const rows: { to: string; name: MessageDescriptor; icon: Icon }[] = [
  { to: '/compare', name: msg`Compare`, icon: IconColumns },
  { to: '/models', name: msg`Models`, icon: IconLayoutGrid },
  { to: '/pricing', name: msg`Pricing`, icon: IconTag },
  { to: '/settings/profile', name: msg`Settings`, icon: IconSettings },
  { to: '/settings/keys', name: msg`API keys`, icon: IconKey },
  { to: '/settings/privacy', name: msg`Privacy`, icon: IconShieldLock },
  { to: '/legal/terms', name: msg`Terms`, icon: IconFileText },
  { to: '/legal/cookies', name: msg`Cookies`, icon: IconCookie },
  { to: '/status', name: msg`Status`, icon: IconHeartbeat },
  { to: '/contact', name: msg`Contact`, icon: IconLifebuoy },
];

/** The rest of the product, for a phone. */
export function MorePage() {
  const { t, i18n } = useLingui();
  const signOut = useSignOut();
  return (
    <Page title={t`More`} width="form">
      {rows.map(({ to, name, icon: Sign }) => (
        <Link key={to} to={to} className={classes.moreRow}>
          <Sign size={20} stroke={1.75} aria-hidden />
          {i18n._(name)}
        </Link>
      ))}
      <Button variant="default" mt="md" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        <Trans>Sign out</Trans>
      </Button>
    </Page>
  );
}
