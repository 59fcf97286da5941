import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type RefObject, useRef, useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import type { TurnPlace } from '#contract/generations.ts';
import { readDraft, writeDraft } from '../../ui/draft.ts';
import { AttachButton } from '../attachments/chips.tsx';
import { GivenFiles } from '../attachments/given.tsx';
import { MessageFiles, useMessageFiles } from '../attachments/message-attachments.tsx';
import { fieldsOf, sendable, type Values } from '../schema-form/schema.ts';
import { fileIdsOf, nextMessages, revisedMessages } from './conversation.ts';
import classes from './create.module.css';
import { Examples } from './examples.tsx';
import { generationQuery } from './generation.ts';
import { ModelSelect } from './model-select.tsx';
import { Parameters } from './parameters.tsx';
import { PayButton, PriceNote } from './pay-button.tsx';
import { usePaying } from './paying.ts';
import { PhoneSettings } from './phone-settings.tsx';
import type { Ask } from './quote.ts';
import { Refusal } from './refusal.tsx';
import { Revising, type Revision } from './revising.tsx';
import { Thread } from './thread.tsx';

interface ChatStudioProps {
  models: Model[];
  first: Model;
  /** The newest answer of the conversation; undefined for a new one. */
  leaf: string | undefined;
}

export function ChatStudio({ models, first, leaf }: ChatStudioProps) {
  const navigate = useNavigate();
  const [model, setModel] = useState(first);
  const [values, setValues] = useState<Values>({});
  const draft = leaf === undefined ? 'chat' : `chat.${leaf}`;
  const [words, setWords] = useState(() => readDraft(draft));
  const open = useQuery({ ...generationQuery(leaf ?? ''), enabled: leaf !== undefined }).data;
  const isAnswering = open !== undefined && open.finishedAt === null;
  const fields = fieldsOf(model.parameters);
  const attached = useMessageFiles(model);
  const [begun, setRevision] = useState<Revision | null>(null);
  const revision = begun?.leaf === leaf ? begun : null;
  const field = useRef<HTMLTextAreaElement>(null);
  const files = [...(revision?.files ?? []), ...attached.files];
  const isEmpty = words.trim() === '' && files.length === 0;
  const messages =
    revision === null || open === undefined
      ? nextMessages(open, words, files)
      : revisedMessages(open, revision.place, words, files);
  const ask: Ask | null =
    isEmpty || isAnswering || !attached.isReady
      ? null
      : {
          modelId: model.id,
          params: { ...sendable(fields, values), messages },
          fileIds: fileIdsOf(messages),
        };
  const started = ({ id }: { id: string }) => {
    // What was being written when an earlier question was taken up is not what was sent.
    if (revision === null) writeDraft(draft, '');
    setRevision(null);
    setWords('');
    attached.clear();
    void navigate({ to: '/chat/$id', params: { id }, replace: leaf !== undefined, resetScroll: false });
  };
  const { price, start, isFirstTime, go, send } = usePaying(model, ask, started, placeOf(revision, leaf));
  function write(text: string) {
    setWords(text);
    if (revision === null) writeDraft(draft, text);
  }
  function revise(next: Revision, text: string) {
    setRevision(next);
    setWords(text);
    // On touch it would bring up the keyboard unasked.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }
  function leaveIt() {
    setRevision(null);
    setWords(readDraft(draft));
  }
  const form = (
    <Parameters
      fields={fields}
      values={values}
      onChange={(name, value) => setValues((known) => ({ ...known, [name]: value }))}
    />
  );
  return (
    <div className={classes.studio} data-aside={fields.length > 0 || undefined}>
      <div className={classes.work}>
        <div className={classes.results}>
          {leaf === undefined ? (
            <Examples model={model} title={<Trans>Ask {model.name}</Trans>} onPick={write} />
          ) : (
            <Thread id={leaf} onRevise={revise} />
          )}
        </div>
        <div className={classes.dock}>
          <form
            className={classes.composer}
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            {revision === null ? null : <Revising revision={revision} onCancel={leaveIt} />}
            <MessageFiles {...attached} />
            <Words
              value={words}
              onChange={write}
              onSend={send}
              onLeave={revision === null ? undefined : leaveIt}
              field={field}
            />
            <Refusal error={start.error ?? price.error} model={model} isFirstTime={isFirstTime} onGoOn={go} />
            <div className={classes.foot}>
              <ModelSelect models={models} model={model} onChange={setModel} />
              <div className={classes.footEnd}>
                <AttachButton taken={attached.taken} onFiles={attached.add} />
                <PhoneSettings form={form} />
                <PayButton {...price} loading={start.isPending} verb="send" />
              </div>
            </div>
            <PriceNote {...price} />
          </form>
        </div>
      </div>
      <aside className={classes.aside}>{form}</aside>
      <GivenFiles onFiles={attached.add} />
    </div>
  );
}

/** Beside the answer that is revised, after the newest one, or nowhere yet. */
function placeOf(revision: Revision | null, leaf: string | undefined): TurnPlace | undefined {
  if (revision !== null) return { beside: revision.of };
  return leaf === undefined ? undefined : { after: leaf };
}

interface WordsProps {
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Escape, where there is something to leave. */
  onLeave: (() => void) | undefined;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** Enter sends where there is a keyboard; on touch it makes a new line. */
function Words({ value, onChange, onSend, onLeave, field }: WordsProps) {
  const { t } = useLingui();
  return (
    <Textarea
      ref={field}
      aria-label={t`Message`}
      placeholder={t`Ask anything.`}
      variant="unstyled"
      autosize
      minRows={1}
      maxRows={10}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeave?.();
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
        if (!matchMedia('(pointer: fine)').matches && !event.metaKey && !event.ctrlKey) return;
        event.preventDefault();
        onSend();
      }}
    />
  );
}
