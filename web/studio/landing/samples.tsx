import type { Model } from '#contract/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { kinds, type MakeableKind } from '../../ui/kinds.ts';
import type { Wish } from './composer.tsx';
import classes from './landing.module.css';

const shown: MakeableKind['kind'][] = ['text', 'image', 'video', 'speech'];

/** Four real examples of four models, with what they cost now. Pressing one fills the composer. */
export function Samples({ models, onPick }: { models: Model[]; onPick: (wish: Wish) => void }) {
  return (
    <ul className={classes.samples}>
      {shown.map((kind) => {
        const model = models.find((one) => one.kind === kind && one.examples.length > 0);
        return (
          <li key={kind}>
            {model === undefined ? (
              <span className={classes.sample} />
            ) : (
              <Sample kind={kind} model={model} onPick={onPick} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface SampleProps {
  kind: MakeableKind['kind'];
  model: Model;
  onPick: (wish: Wish) => void;
}

function Sample({ kind, model, onPick }: SampleProps) {
  const prompt = model.examples[0]!;
  const Sign = kinds.find((one) => one.kind === kind)!.icon;
  return (
    <button
      type="button"
      className={classes.sample}
      onClick={() => onPick({ kind, modelId: model.id, prompt })}
    >
      <span className={classes.sampleSign} data-kind={kind}>
        <Sign size={20} stroke={1.75} aria-hidden />
      </span>
      <span className={classes.samplePrompt} dir="auto">
        {prompt}
      </span>
      <span className={classes.samplePrice}>
        <Amount micro={model.typical.priceMicro} /> · {model.name} · {model.typical.label}
      </span>
    </button>
  );
}
