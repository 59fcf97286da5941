import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import {
  type Icon,
  IconColumns,
  IconHistory,
  IconLayoutGrid,
  IconLifebuoy,
  IconSettings,
  IconWallet,
} from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { kinds } from '../../ui/kinds.ts';
import { Brand } from './brand.tsx';
import classes from './shell.module.css';

interface Entry {
  to: NonNullable<LinkProps['to']>;
  name: MessageDescriptor;
  icon: Icon;
}

const kept: Entry[] = [
  { to: '/compare', name: msg`Compare`, icon: IconColumns },
  { to: '/history', name: msg`History`, icon: IconHistory },
  { to: '/models', name: msg`Models`, icon: IconLayoutGrid },
];
const own: Entry[] = [
  { to: '/wallet', name: msg`Wallet`, icon: IconWallet },
  { to: '/settings', name: msg`Settings`, icon: IconSettings },
  { to: '/contact', name: msg`Contact`, icon: IconLifebuoy },
];

/** A rail of signs from 768 px, a sidebar with words from 1200 px; not there on a phone. */
export function SideNav() {
  const { t } = useLingui();
  return (
    <nav className={classes.side} aria-label={t`Main`}>
      <Link to="/create" className={classes.brand} aria-label="Mluen">
        <Brand />
      </Link>
      {[kinds.map(({ path, name, icon }) => ({ to: path, name, icon })), kept, own].map((group) => (
        <div key={group[0]?.to} className={classes.group}>
          {group.map((entry) => (
            <SideLink key={entry.to} entry={entry} />
          ))}
        </div>
      ))}
    </nav>
  );
}

function SideLink({ entry: { to, name, icon: Sign } }: { entry: Entry }) {
  const { i18n } = useLingui();
  return (
    <Link to={to} className={classes.sideLink}>
      <Sign size={20} stroke={1.75} aria-hidden />
      <span className={classes.sideWord}>{i18n._(name)}</span>
    </Link>
  );
}
