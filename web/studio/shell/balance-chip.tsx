import { Trans } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Amount } from '../../ui/amount.tsx';
import { walletQuery } from '../../ui/queries.ts';
import classes from './shell.module.css';

/** What can be spent and, apart from it, what is held. Leads to the wallet. What is seen is part of what is read out. */
export function BalanceChip() {
  const wallet = useQuery(walletQuery).data;
  if (wallet === undefined) return <span className={classes.chip} aria-hidden="true" />;
  return (
    <Link to="/wallet" className={classes.chip}>
      <span>
        <Trans>
          <VisuallyHidden>Wallet: </VisuallyHidden>
          <Amount micro={wallet.availableMicro} as="balance" />
          <VisuallyHidden> available</VisuallyHidden>
        </Trans>
      </span>
      {wallet.heldMicro > 0n ? (
        <span className={classes.chipHeld}>
          <Trans>
            <Amount micro={wallet.heldMicro} /> held
          </Trans>
        </span>
      ) : null}
    </Link>
  );
}
