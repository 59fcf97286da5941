import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { GenerationSummary } from '#contract/generations.ts';
import { When } from '../../ui/when.tsx';
import { StateWords } from '../create/state-words.tsx';
import { KindSign } from '../models/model-row.tsx';
import classes from './history.module.css';

/** One run: its sign or its picture, the prompt, the model, and the money in words. */
export function HistoryRow({ run }: { run: GenerationSummary }) {
  const { t } = useLingui();
  const picture = run.outputs.find((output) => output.kind === 'image');
  return (
    <li>
      <Link to="/g/$id" params={{ id: run.id }} className={classes.row}>
        {picture === undefined ? (
          <KindSign kind={run.kind} />
        ) : (
          <img src={picture.url} alt="" className={classes.thumb} loading="lazy" width={40} height={40} />
        )}
        <span className={classes.what}>
          <span className={classes.title} dir="auto">
            {run.title || t`No prompt`}
          </span>
          <span className={classes.quiet}>
            {run.modelName} · <When at={run.createdAt} />
            {run.source === 'api' ? ' · API' : null}
          </span>
        </span>
        <span className={classes.money}>
          <StateWords run={run} />
        </span>
      </Link>
    </li>
  );
}
