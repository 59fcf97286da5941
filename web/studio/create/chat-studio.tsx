import { Trans, useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { readDraft, writeDraft } from '../../ui/draft.ts';
import { AttachButton } from '../attachments/chips.tsx';
import { GivenFiles } from '../attachments/given.tsx';
import { MessageFiles, useMessageFiles } from '../attachments/message-attachments.tsx';
import { fieldsOf, sendable, type Values } from '../schema-form/schema.ts';
import { fileIdsOf, nextMessages } from './conversation.ts';
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
  const isEmpty = words.trim() === '' && attached.files.length === 0;
  const messages = nextMessages(open, words, attached.files);
  const ask: Ask | null =
    isEmpty || isAnswering || !attached.isReady
      ? null
      : {
          modelId: model.id,
          params: { ...sendable(fields, values), messages },
          fileIds: fileIdsOf(messages),
        };
  const { price, start, isFirstTime, go, send } = usePaying(model, ask, ({ id }) => {
    writeDraft(draft, '');
    setWords('');
    attached.clear();
    void navigate({ to: '/chat/$id', params: { id }, replace: leaf !== undefined, resetScroll: false });
  });
  function write(text: string) {
    setWords(text);
    writeDraft(draft, text);
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
            <Thread id={leaf} />
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
            <MessageFiles {...attached} />
            <Words value={words} onChange={write} onSend={send} />
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

interface WordsProps {
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
}

/** Enter sends where there is a keyboard; on touch it makes a new line. */
function Words({ value, onChange, onSend }: WordsProps) {
  const { t } = useLingui();
  return (
    <Textarea
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
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
        if (!matchMedia('(pointer: fine)').matches && !event.metaKey && !event.ctrlKey) return;
        event.preventDefault();
        onSend();
      }}
    />
  );
}
