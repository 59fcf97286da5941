import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { kindName, kinds } from '../../ui/kinds.ts';
import classes from './models.module.css';
import { Typical } from './price-line.tsx';

/** One model in a list: its sign, what it is good at, what a usual thing costs. */
export function ModelRow({ model }: { model: Model }) {
  return (
    <li>
      <Link to="/models/$" params={{ _splat: model.id }} className={classes.row}>
        <KindSign kind={model.kind} />
        <span className={classes.what}>
          <span className={classes.name}>{model.name}</span>
          <span className={classes.quiet}> · {model.provider.name}</span>
          <span className={classes.summary}>{model.summary}</span>
        </span>
        <Typical model={model} />
      </Link>
    </li>
  );
}

/** The kind in its colour; the word is read out, as colour alone says nothing. */
export function KindSign({ kind }: { kind: Model['kind'] }) {
  const { i18n } = useLingui();
  const known = kinds.find((one) => one.kind === kind) ?? kinds.find((one) => one.kind === 'speech');
  const Sign = known!.icon;
  return (
    <span className={classes.sign} data-kind={known!.kind} title={i18n._(kindName(kind))}>
      <Sign size={20} stroke={1.75} aria-hidden />
      <span className={classes.hidden}>{i18n._(kindName(kind))}</span>
    </span>
  );
}
