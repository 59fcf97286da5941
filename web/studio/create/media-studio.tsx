import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { Refused } from '../../call.ts';
import { readDraft, writeDraft } from '../../ui/draft.ts';
import { newId } from '../../ui/ids.ts';
import { Empty } from '../../ui/states.tsx';
import { takenWords } from '../attachments/accepted.ts';
import { AttachButton } from '../attachments/chips.tsx';
import { FieldFiles, useFieldFiles } from '../attachments/field-files.tsx';
import { GivenFiles } from '../attachments/given.tsx';
import { fieldsOf, fileIdsIn, sendable, type Values } from '../schema-form/schema.ts';
import classes from './create.module.css';
import { useStart } from './generation.ts';
import { ModelSelect } from './model-select.tsx';
import { PayButton, PriceNote } from './pay-button.tsx';
import { PhoneSettings } from './phone-settings.tsx';
import { type Ask, useQuote } from './quote.ts';
import { Refusal, useFirstTime } from './refusal.tsx';
import { RunCard } from './run-card.tsx';

// The composer first, the parameters after it.
const SchemaForm = lazy(async () => ({
  default: (await import('../schema-form/schema-form.tsx')).SchemaForm,
}));

interface MediaStudioProps {
  kind: string;
  models: Model[];
  first: Model;
  prefill: Values | undefined;
  /** The runs shown when the page opens, oldest first. */
  recent: string[];
}

export function MediaStudio({ kind, models, first, prefill, recent }: MediaStudioProps) {
  const { i18n } = useLingui();
  const [model, setModel] = useState(first);
  const [values, setValues] = useState<Values>(() => ({
    ...prefill,
    prompt: prefill?.prompt ?? readDraft(kind),
  }));
  const [started, setStarted] = useState<string[]>([]);
  const newest = useRef<HTMLDivElement>(null);
  const fields = fieldsOf(model.parameters);
  const params = sendable(fields, values);
  const ask: Ask | null =
    typeof params.prompt === 'string' && params.prompt.trim() !== ''
      ? { modelId: model.id, params, fileIds: fileIdsIn(params) }
      : null;
  const price = useQuote(ask);
  // One wish, one id: pressing again after a fault asks for the same run.
  const wish = useRef({ id: newId(), of: '' });
  const start = useStart((generation) => {
    wish.current = { id: newId(), of: '' };
    setStarted((known) => [...known, generation.id]);
  });
  const firstTime = useFirstTime(model);
  const generate = () => void (firstTime.ask() || go());
  function go() {
    if (ask === null || price.quote === undefined || !price.isSettled) return;
    const of = price.quote.quote;
    if (wish.current.of !== of) wish.current = { id: newId(), of };
    start.mutate(
      { id: wish.current.id, quote: price.quote.quote, ask },
      { onError: () => void price.renew() },
    );
  }
  function set(name: string, value: unknown) {
    setValues((known) => ({ ...known, [name]: value }));
    if (name === 'prompt') writeDraft(kind, String(value ?? ''));
  }
  const shown = [...recent.filter((id) => !started.includes(id)), ...started];
  // The newest result stands just above the composer: the page opens there and goes there when one is started.
  useEffect(() => {
    if (shown.length > 0) newest.current?.scrollIntoView({ block: 'start' });
  }, [shown.length]);
  const others = fields.filter((field) => field.name !== 'prompt');
  const given = useFieldFiles(others, values, set);
  const form = (
    <Suspense fallback={null}>
      <SchemaForm fields={others} values={values} onChange={set} errors={fieldErrors(price.error)} />
    </Suspense>
  );
  return (
    <div className={classes.studio} data-aside={others.length > 0 || undefined}>
      <div className={classes.work}>
        <div className={classes.results}>
          {shown.length === 0 ? <Examples model={model} onPick={(prompt) => set('prompt', prompt)} /> : null}
          {shown.map((id) => (
            <div key={id} ref={id === shown.at(-1) ? newest : undefined} className={classes.newest}>
              <RunCard id={id} />
            </div>
          ))}
        </div>
        <div className={classes.dock}>
          <form
            className={classes.composer}
            onSubmit={(event) => {
              event.preventDefault();
              generate();
            }}
          >
            <FieldFiles fields={others} values={values} set={set} given={given} />
            <Prompt
              value={String(values.prompt ?? '')}
              onChange={(text) => set('prompt', text)}
              onSend={generate}
            />
            <Refusal
              error={start.error ?? unlessFields(price.error)}
              model={model}
              isFirstTime={firstTime.shown}
              onGoOn={go}
            />
            <div className={classes.foot}>
              <ModelSelect models={models} model={model} onChange={setModel} />
              <div className={classes.footEnd}>
                {given.takes ? (
                  <AttachButton
                    taken={takenWords(model.accepts, i18n)}
                    onFiles={(files) => void given.add(files)}
                  />
                ) : null}
                {others.length === 0 ? null : <PhoneSettings form={form} />}
                <PayButton {...price} loading={start.isPending} verb="generate" />
              </div>
            </div>
            <PriceNote {...price} />
          </form>
        </div>
      </div>
      {others.length === 0 ? null : <aside className={classes.aside}>{form}</aside>}
      {given.takes ? <GivenFiles onFiles={(files) => void given.add(files)} /> : null}
    </div>
  );
}

interface PromptProps {
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
}

function Prompt({ value, onChange, onSend }: PromptProps) {
  const { t } = useLingui();
  return (
    <Textarea
      aria-label={t`Prompt`}
      placeholder={t`Describe what you want.`}
      variant="unstyled"
      autosize
      minRows={1}
      maxRows={8}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onSend();
      }}
    />
  );
}

/** Three real prompts for this model, to press. */
function Examples({ model, onPick }: { model: Model; onPick: (prompt: string) => void }) {
  return (
    <Empty
      title={<Trans>Try {model.name}</Trans>}
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

/** What the server said about single parameters, by their names. */
function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Refused)) return {};
  const named = (error.problem.errors ?? []).map(
    ({ path, message }) => [path.replace('ask.params.', '').split(/[./]/)[0] ?? '', message] as const,
  );
  return Object.fromEntries(named);
}

const unlessFields = (error: unknown) => (Object.keys(fieldErrors(error)).length > 0 ? null : error);
