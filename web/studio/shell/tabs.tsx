import { Trans, useLingui } from '@lingui/react/macro';
import { IconHistory, IconMenu2, IconSparkles, IconWallet } from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import { kinds } from '../../ui/kinds.ts';
import classes from './shell.module.css';

const sign = { size: 22, stroke: 1.75, 'aria-hidden': true } as const;

/** The four places within a thumb's reach. Phone only. */
export function Tabs() {
  const { t } = useLingui();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const making = kinds.some((kind) => path.startsWith(kind.path));
  return (
    <nav className={classes.tabs} aria-label={t`Places`}>
      <Link to="/create" className={classes.tab} data-here={making || undefined}>
        <IconSparkles {...sign} />
        <Trans>Create</Trans>
      </Link>
      <Link to="/history" className={classes.tab}>
        <IconHistory {...sign} />
        <Trans>History</Trans>
      </Link>
      <Link to="/wallet" className={classes.tab}>
        <IconWallet {...sign} />
        <Trans>Wallet</Trans>
      </Link>
      <Link to="/more" className={classes.tab}>
        <IconMenu2 {...sign} />
        <Trans>More</Trans>
      </Link>
    </nav>
  );
}
