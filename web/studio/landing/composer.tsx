import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { priceText } from '../../ui/amount.tsx';
import { writeDraft } from '../../ui/draft.ts';
import { kinds, type MakeableKind } from '../../ui/kinds.ts';
import classes from './landing.module.css';

/** What a visitor is about to make. */
export interface Wish {
  kind: MakeableKind['kind'];
  /** Null: the first model of the kind. */
  modelId: string | null;
  prompt: string;
}

interface ComposerProps {
  models: Model[];
  wish: Wish;
  onChange: (wish: Wish) => void;
}

/** Write now, sign up after: the prompt waits in this tab and is there when the account is. */
export function Composer({ models, wish, onChange }: ComposerProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const offered = models.filter((model) => model.kind === wish.kind);
  const model = offered.find((one) => one.id === wish.modelId) ?? offered[0];
  const path = kinds.find((kind) => kind.kind === wish.kind)!.path;
  function go() {
    if (model === undefined || wish.prompt.trim() === '') return;
    writeDraft(path.slice(1), wish.prompt);
    void navigate({ to: '/sign-up', search: { next: `${path}?model=${encodeURIComponent(model.id)}` } });
  }
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <KindPicker models={models} wish={wish} onChange={onChange} />
      <Textarea
        aria-label={t`What to make`}
        placeholder={t`Describe what you want, or press an example below.`}
        autosize
        minRows={3}
        maxRows={8}
        variant="unstyled"
        dir="auto"
        value={wish.prompt}
        onChange={(event) => onChange({ ...wish, prompt: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) go();
        }}
      />
      <div className={classes.composerFoot}>
        <NativeSelect
          aria-label={t`Model`}
          value={model?.id ?? ''}
          onChange={(event) => onChange({ ...wish, modelId: event.currentTarget.value })}
          data={offered.map((one) => ({
            value: one.id,
            label: `${one.name} · ${priceText(one.typical.priceMicro)}`,
          }))}
        />
        <Button type="submit" disabled={model === undefined || wish.prompt.trim() === ''}>
          <Go model={model} />
        </Button>
      </div>
    </form>
  );
}

function Go({ model }: { model: Model | undefined }) {
  if (model === undefined) return <Trans>Generate</Trans>;
  const price = priceText(model.typical.priceMicro);
  return model.kind === 'text' ? (
    <Trans>Send · about {price}</Trans>
  ) : (
    <Trans>Generate · about {price}</Trans>
  );
}

function KindPicker({ models, wish, onChange }: ComposerProps) {
  const { t, i18n } = useLingui();
  return (
    <fieldset className={classes.kinds} aria-label={t`Kind`}>
      {kinds
        .filter((one) => models.length === 0 || models.some((model) => model.kind === one.kind))
        .map(({ kind, name, icon: Sign }) => (
          <button
            key={kind}
            type="button"
            className={classes.kind}
            aria-pressed={kind === wish.kind}
            onClick={() => onChange({ ...wish, kind, modelId: null })}
          >
            <Sign size={18} stroke={1.75} aria-hidden />
            {i18n._(name)}
          </button>
        ))}
    </fieldset>
  );
}
