import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Amount } from '../../ui/amount.tsx';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { walletQuery } from '../../ui/queries.ts';
import { Gifts } from './gifts.tsx';
import { RedeemCode } from './redeem-code.tsx';
import { Transactions } from './transactions.tsx';
import classes from './wallet.module.css';

/** What can be spent, what is held, and every change of it. */
export function WalletPage() {
  const { t } = useLingui();
  return (
    <Page
      title={t`Wallet`}
      aside={
        <LinkButton to="/wallet/top-up">
          <Trans>Add money</Trans>
        </LinkButton>
      }
    >
      <Balance />
      <RedeemCode />
      <Transactions />
    </Page>
  );
}

function Balance() {
  const wallet = useQuery(walletQuery);
  if (wallet.isError) return <ProblemAlert error={wallet.error} onRetry={() => void wallet.refetch()} />;
  const { availableMicro = 0n, heldMicro = 0n, promoMicro = 0n, gifts = [] } = wallet.data ?? {};
  return (
    <dl className={classes.balance} data-waiting={wallet.isPending || undefined}>
      <div>
        <dt>
          <Trans>Available</Trans>
        </dt>
        <dd className={classes.big}>
          <Amount micro={availableMicro} as="balance" />
        </dd>
        <dd className={classes.note}>
          {promoMicro > 0n ? (
            <Trans>What you added does not expire.</Trans>
          ) : (
            <Trans>It does not expire.</Trans>
          )}
        </dd>
      </div>
      <div>
        <dt>
          <Trans>Held</Trans>
        </dt>
        <dd className={classes.big} data-held={heldMicro > 0n || undefined}>
          <Amount micro={heldMicro} />
        </dd>
        <dd className={classes.note}>
          {heldMicro > 0n ? (
            <Trans>For what is running. Not charged yet; released if it fails.</Trans>
          ) : (
            <Trans>Nothing is running.</Trans>
          )}
        </dd>
      </div>
      {promoMicro > 0n ? (
        <div>
          <dt>
            <Trans>Of it, a gift</Trans>
          </dt>
          <dd className={classes.big}>
            <Amount micro={promoMicro} as="balance" />
          </dd>
          <dd className={classes.note}>
            <Trans>Part of what is available. Spent first; it cannot be paid out.</Trans>
          </dd>
          <Gifts gifts={gifts} />
        </div>
      ) : null}
    </dl>
  );
}
