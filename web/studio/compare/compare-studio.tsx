import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Textarea } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { readDraft, writeDraft } from '../../ui/draft.ts';
import { kindName, kinds, type MakeableKind } from '../../ui/kinds.ts';
import shared from '../create/create.module.css';
import { Examples } from '../create/examples.tsx';
import { ModelSelect } from '../create/model-select.tsx';
import { PayButton, PriceNote } from '../create/pay-button.tsx';
import { Refusal } from '../create/refusal.tsx';
import { Column } from './column.tsx';
import classes from './compare.module.css';
import { runsIn } from './search.ts';
import { type Slot, useSlots } from './slots.ts';

const route = getRouteApi('/member/compare');
const MOST = 3;
const DRAFT = 'compare';

interface CompareStudioProps {
  kind: MakeableKind['kind'];
  /** Of this kind; two at least. */
  models: Model[];
}

export function CompareStudio({ kind, models }: CompareStudioProps) {
  const { runs } = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState(() => twoOf(models));
  const [words, setWords] = useState(() => readDraft(DRAFT));
  // Nothing is replaced: a new round stands below the one before. A round is the ids of its runs, in their columns.
  const [rounds, setRounds] = useState<string[][]>(() => (runs === undefined ? [] : [runsIn(runs)]));
  const round = useRef<string[]>([]);
  const { slots, price, loading } = useSlots(chosen, words, (place, { id }) => {
    round.current[place] = id;
    const ids = [...round.current];
    setRounds((known) => [...known.slice(0, -1), ids]);
    void navigate({
      search: { kind, runs: ids.filter(Boolean).join('.') },
      replace: true,
      resetScroll: false,
    });
  });
  function write(text: string) {
    setWords(text);
    writeDraft(DRAFT, text);
  }
  function go() {
    round.current = [];
    setRounds((known) => [...known, []]);
    for (const slot of slots) slot.go();
  }
  // Each provider is told of before anything goes anywhere.
  const send = () => {
    if (!price.isSettled || price.quote === undefined || price.quote.missingMicro > 0n) return;
    if (slots.filter((slot) => slot.mustTell()).length === 0) go();
  };
  return (
    <div className={shared.studio}>
      <div className={shared.work}>
        <div className={classes.results}>
          {rounds.every((round) => round.length === 0) ? (
            <Examples
              model={chosen[0]!}
              title={<Trans>One prompt, {chosen.length} models</Trans>}
              onPick={write}
            />
          ) : null}
          {rounds.map((round, nth) => (
            <div key={String(nth)} className={classes.round}>
              {round.map((id) => (id === undefined ? null : <Column key={id} id={id} />))}
            </div>
          ))}
        </div>
        <div className={shared.dock}>
          <form
            className={`${shared.composer} ${classes.composer}`}
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            <Prompt value={words} onChange={write} onSend={send} />
            <Refusals slots={slots} onGoOn={go} />
            <Choice kind={kind} models={models} slots={slots} chosen={chosen} onChange={setChosen} />
            <div className={classes.foot}>
              <PriceNote {...price} />
              <PayButton {...price} loading={loading} verb={kind === 'text' ? 'send' : 'generate'} />
            </div>
          </form>
        </div>
      </div>
    </div>
  );
}

/** Two to begin with, of two providers where there are two. */
function twoOf(models: Model[]): Model[] {
  const [first, second] = models;
  const other = models.find((model) => model.provider.id !== first?.provider.id) ?? second;
  return [first, other].filter((model) => model !== undefined);
}

function Prompt({
  value,
  onChange,
  onSend,
}: {
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
}) {
  const { t } = useLingui();
  return (
    <Textarea
      aria-label={t`Prompt for all of them`}
      placeholder={t`Ask all of them the same.`}
      variant="unstyled"
      autosize
      minRows={1}
      maxRows={8}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        onSend();
      }}
    />
  );
}

/** Why one of them did not start, or who it goes to at a first time. The last who is told of starts all. */
function Refusals({ slots, onGoOn }: { slots: Slot[]; onGoOn: () => void }) {
  const untold = new Set(slots.filter((slot) => slot.isFirstTime).map(({ model }) => model.provider.id));
  return slots.map((slot, place) => {
    const isRepeated = slots.findIndex(({ model }) => model.provider.id === slot.model.provider.id) < place;
    if (slot.isFirstTime && isRepeated) return null;
    return (
      <Refusal
        key={String(place)}
        error={slot.start.error ?? slot.price.error}
        model={slot.model}
        isFirstTime={slot.isFirstTime}
        onGoOn={() => {
          if (untold.size < 2) onGoOn();
        }}
      />
    );
  });
}

interface ChoiceProps {
  kind: MakeableKind['kind'];
  models: Model[];
  slots: Slot[];
  chosen: Model[];
  onChange: (chosen: Model[]) => void;
}

/** What is made, and by whom; beside each model what it can cost by itself. */
function Choice({ kind, models, slots, chosen, onChange }: ChoiceProps) {
  const { t, i18n } = useLingui();
  const navigate = route.useNavigate();
  const free = models.find((model) => !chosen.includes(model));
  return (
    <div className={classes.choice}>
      <NativeSelect
        aria-label={t`What to make`}
        value={kind}
        onChange={(event) => {
          const next = kinds.find((one) => one.kind === event.currentTarget.value);
          void navigate({ search: { kind: next?.kind }, replace: true });
        }}
        data={kinds.map((one) => ({ value: one.kind, label: i18n._(kindName(one.kind)) }))}
      />
      {slots.map((slot, place) => (
        <div key={String(place)} className={classes.slot}>
          <ModelSelect
            // One model is not compared with itself.
            models={models.filter((model) => model === slot.model || !chosen.includes(model))}
            model={slot.model}
            onChange={(model) => onChange(chosen.map((one, at) => (at === place ? model : one)))}
          />
          <span className={classes.own}>
            {slot.price.quote === undefined ? null : <Amount micro={slot.price.quote.boundMicro} />}
          </span>
        </div>
      ))}
      {chosen.length < MOST && free !== undefined ? (
        <Button variant="default" size="xs" onClick={() => onChange([...chosen, free])}>
          <Trans>Add a third</Trans>
        </Button>
      ) : null}
      {chosen.length === MOST ? (
        <Button variant="default" size="xs" onClick={() => onChange(chosen.slice(0, -1))}>
          <Trans>Leave out the third</Trans>
        </Button>
      ) : null}
    </div>
  );
}
