import { Trans } from '@lingui/react/macro';
import type { Wallet } from '#contract/wallet.ts';
import { Amount } from '../../ui/amount.tsx';
import { When } from '../../ui/when.tsx';
import classes from './wallet.module.css';

/** When gifts end, the soonest first: in this order they are spent. One line each; nothing for what does not end. */
export function Gifts({ gifts }: Pick<Wallet, 'gifts'>) {
  return gifts.map(({ availableMicro, endsAt }, place) =>
    endsAt === null ? null : (
      <dd key={`${endsAt} ${String(place)}`} className={classes.note}>
        {gifts.length === 1 ? (
          <Trans>
            Ends on <When at={endsAt} only="date" />
          </Trans>
        ) : (
          <Trans>
            <Amount micro={availableMicro} as="balance" /> of it ends on <When at={endsAt} only="date" />
          </Trans>
        )}
      </dd>
    ),
  );
}
