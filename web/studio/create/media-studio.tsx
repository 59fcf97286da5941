import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { Refused } from '../../call.ts';
import { readDraft, writeDraft } from '../../ui/draft.ts';
import { takenWords } from '../attachments/accepted.ts';
import { AttachButton } from '../attachments/chips.tsx';
import { FieldFiles, useFieldFiles } from '../attachments/field-files.tsx';
import { GivenFiles } from '../attachments/given.tsx';
import { fieldsOf, fileIdsIn, sendable, type Values } from '../schema-form/schema.ts';
import classes from './create.module.css';
import { Examples } from './examples.tsx';
import { ModelSelect } from './model-select.tsx';
import { Parameters } from './parameters.tsx';
import { PayButton, PriceNote } from './pay-button.tsx';
import { usePaying } from './paying.ts';
import { PhoneSettings } from './phone-settings.tsx';
import type { Ask } from './quote.ts';
import { Refusal } from './refusal.tsx';
import { RunCard } from './run-card.tsx';

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
  const { price, start, isFirstTime, go, send } = usePaying(model, ask, ({ id }) =>
    setStarted((known) => [...known, id]),
  );
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
    <Parameters fields={others} values={values} onChange={set} errors={fieldErrors(price.error)} />
  );
  return (
    <div className={classes.studio} data-aside={others.length > 0 || undefined}>
      <div className={classes.work}>
        <div className={classes.results}>
          {shown.length === 0 ? (
            <Examples
              model={model}
              title={<Trans>Try {model.name}</Trans>}
              onPick={(prompt) => set('prompt', prompt)}
            />
          ) : null}
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
              send();
            }}
          >
            <FieldFiles fields={others} values={values} set={set} given={given} />
            <Prompt
              value={String(values.prompt ?? '')}
              onChange={(text) => set('prompt', text)}
              onSend={send}
            />
            <Refusal
              error={start.error ?? unlessFields(price.error)}
              model={model}
              isFirstTime={isFirstTime}
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

/** What the server said about single parameters, by their names. */
function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Refused)) return {};
  const named = (error.problem.errors ?? []).map(
    ({ path, message }) => [path.replace('ask.params.', '').split(/[./]/)[0] ?? '', message] as const,
  );
  return Object.fromEntries(named);
}

const unlessFields = (error: unknown) => (Object.keys(fieldErrors(error)).length > 0 ? null : error);
