import { Trans, useLingui } from '@lingui/react/macro';
import { Menu, UnstyledButton } from '@mantine/core';
import { IconLogout, IconSettings, IconShieldLock } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMe } from '../../ui/queries.ts';
import { useSignOut } from '../auth/use-sign-out.ts';
import classes from './shell.module.css';

const sign = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;

/** The person: settings, and the way out. */
export function AccountMenu() {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const signOut = useSignOut();
  if (me === null) return null;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.avatar} aria-label={t`Account of ${me.displayName}`}>
          <span aria-hidden="true">{[...me.displayName][0]?.toUpperCase()}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.person}>
          <bdi className={classes.personName}>{me.displayName}</bdi>
          <bdi dir="ltr" className={classes.personMail}>
            {me.email}
          </bdi>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconSettings {...sign} />}
          onClick={() => void navigate({ to: '/settings/profile' })}
        >
          <Trans>Settings</Trans>
        </Menu.Item>
        <Menu.Item
          leftSection={<IconShieldLock {...sign} />}
          onClick={() => void navigate({ to: '/settings/privacy' })}
        >
          <Trans>Privacy</Trans>
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...sign} />} onClick={() => signOut.mutate()}>
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
