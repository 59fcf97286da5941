import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Amount, balanceText, priceText } from '../../ui/amount.tsx';
import { walletQuery } from '../../ui/queries.ts';
import classes from './shell.module.css';

/** What can be spent and, apart from it, what is held. Leads to the wallet. */
export function BalanceChip() {
  const { t } = useLingui();
  const wallet = useQuery(walletQuery).data;
  if (wallet === undefined) return <span className={classes.chip} aria-hidden="true" />;
  const available = balanceText(wallet.availableMicro);
  const held = priceText(wallet.heldMicro);
  const words =
    wallet.heldMicro > 0n
      ? t`Wallet: ${available} available, ${held} held`
      : t`Wallet: ${available} available`;
  return (
    <Link to="/wallet" className={classes.chip} aria-label={words}>
      <Amount micro={wallet.availableMicro} as="balance" />
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
