import { Trans } from '@lingui/react/macro';
import { Menu } from '@mantine/core';
import { IconLifebuoy, IconLogout, IconSettings, IconShieldLock } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Member } from '#contract/members.ts';
import { useSignOut } from '../auth/use-sign-out.ts';
import { Avatar } from './avatar.tsx';
import classes from './shell.module.css';

const sign = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;

/** Settings, and the way out. It comes when it was asked for, and so opens at once. */
export function OpenAccountMenu({ me }: { me: Member }) {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const avatar = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  // The button that was pressed is gone: this one takes the focus before the menu does, so that it comes back here.
  useEffect(() => {
    avatar.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" width={240} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <Avatar ref={avatar} me={me} />
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
        <Menu.Item leftSection={<IconLifebuoy {...sign} />} onClick={() => void navigate({ to: '/contact' })}>
          <Trans>Contact</Trans>
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...sign} />} onClick={() => signOut.mutate()}>
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
