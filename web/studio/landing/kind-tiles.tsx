import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { kinds } from '../../ui/kinds.ts';
import classes from './landing.module.css';

/** What can be made, and from which price. */
export function KindTiles({ models }: { models: Model[] }) {
  const { i18n } = useLingui();
  return (
    <section>
      <Title order={2} mb="md">
        <Trans>What it costs</Trans>
      </Title>
      <div className={classes.tiles}>
        {kinds.map(({ kind, name, icon: Sign }) => {
          const mine = models.filter((model) => model.kind === kind);
          const from = cheapest(mine);
          return (
            <Link key={kind} to="/models" search={{ kind }} className={classes.tile}>
              <span className={classes.tileHead} data-kind={kind}>
                <Sign size={20} stroke={1.75} aria-hidden />
                <span className={classes.tileName}>{i18n._(name)}</span>
              </span>
              {from === undefined ? (
                <span className={classes.tilePrice} />
              ) : (
                <>
                  <span className={classes.tilePrice}>
                    <Trans>
                      from <Amount micro={from.typical.priceMicro} />
                    </Trans>
                  </span>
                  <span className={classes.quiet}>
                    {from.typical.label} · <Plural value={mine.length} one="# model" other="# models" />
                  </span>
                </>
              )}
            </Link>
          );
        })}
      </div>
    </section>
  );
}

function cheapest(models: Model[]): Model | undefined {
  return models.reduce<Model | undefined>(
    (least, model) =>
      least === undefined || model.typical.priceMicro < least.typical.priceMicro ? model : least,
    undefined,
  );
}
