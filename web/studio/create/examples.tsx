import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { Empty } from '../../ui/states.tsx';
import classes from './create.module.css';

interface ExamplesProps {
  model: Model;
  title: ReactNode;
  onPick: (prompt: string) => void;
}

/** Three real prompts for this model, to press. */
export function Examples({ model, title, onPick }: ExamplesProps) {
  return (
    <Empty
      title={title}
      action={
        <ul className={classes.examples}>
          {model.examples.map((example) => (
            <li key={example}>
              <button type="button" className={classes.example} onClick={() => onPick(example)} dir="auto">
                {example}
              </button>
            </li>
          ))}
        </ul>
      }
    >
      <Trans>Press an example or write your own. You see the price before anything runs.</Trans>
    </Empty>
  );
}
