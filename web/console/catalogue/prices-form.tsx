import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, Radio, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { z } from 'zod';
import { addPrices, type StaffModelDetail } from '#contract/console-catalogue.ts';
import { ReasonForm } from '../reason-form.tsx';
import classes from './catalogue.module.css';
import { Effect } from './effect.tsx';
import { conditionsOf } from './markup.ts';
import { type Draft, draftsOf, isAmount, pricesOf } from './price-drafts.ts';
import { useEdit } from './use-edit.ts';

type Detail = z.output<typeof StaffModelDetail>;

/** Other costs from a moment on: what holds now is there to be changed, and the effect is shown as one types. */
export function PricesForm({ detail }: { detail: Detail }) {
  const { t } = useLingui();
  const { model, version } = detail;
  const current = detail.lists.find(({ holds }) => holds === 'now') ?? detail.lists.at(-1)!;
  const [drafts, setDrafts] = useState(() => draftsOf(current));
  const [when, setWhen] = useState<'now' | 'later'>('now');
  const [from, setFrom] = useState('');
  const [source, setSource] = useState({ url: '', on: new Date().toISOString().slice(0, 10) });
  const edit = useEdit(addPrices);
  const prices = pricesOf(drafts, { ...source, basis: 'staff' });
  const isChanged =
    drafts.length !== current.prices.length || drafts.some((draft) => draft.usd !== draft.was);
  const needsSource = !URL.canParse(source.url) || source.on === '';
  const missing = whatIsMissing();

  return (
    <section className={classes.card} aria-label={t`New costs`}>
      <Title order={2} size="h3" mb="sm">
        <Trans>New costs</Trans>
      </Title>
      <ReasonForm
        lead={
          <Trans>
            What the provider takes. These replace all costs from then on, and prices that were to come later.
          </Trans>
        }
        action={
          when === 'now' ? (
            <Trans>Set these costs from now on</Trans>
          ) : (
            <Trans>Set these costs from then on</Trans>
          )
        }
        edit={edit}
        missing={missing}
        onSubmit={(reason) => {
          if (prices === null || missing !== null) return;
          const moment = when === 'now' ? null : new Date(from).toISOString();
          edit.mutate({ modelId: model.id, version, reason, from: moment, prices });
        }}
      >
        {drafts.map((draft) => (
          <CostField
            key={draft.key}
            draft={draft}
            onChange={(usd) =>
              setDrafts(drafts.map((one) => (one.key === draft.key ? { ...one, usd } : one)))
            }
            onRemove={() => setDrafts(drafts.filter((one) => one.key !== draft.key))}
          />
        ))}
        <AddCost detail={detail} onAdd={(draft) => setDrafts([...drafts, draft])} />
        {isChanged && prices !== null ? (
          <Effect edit={{ modelId: model.id, prices: withAnySource(prices) }} />
        ) : null}
        <Radio.Group
          label={t`From when`}
          value={when}
          onChange={(value) => setWhen(value as 'now' | 'later')}
        >
          <Group mt="xs">
            <Radio value="now" label={t`From now on`} />
            <Radio value="later" label={t`From a moment on`} />
          </Group>
        </Radio.Group>
        {when === 'later' ? (
          <TextInput
            type="datetime-local"
            label={t`From (your time)`}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
        ) : null}
        <Group grow align="start">
          <TextInput
            label={t`Where the cost stands`}
            type="url"
            placeholder="https://"
            value={source.url}
            onChange={(event) => setSource({ ...source, url: event.currentTarget.value })}
          />
          <TextInput
            label={t`Read on`}
            type="date"
            value={source.on}
            onChange={(event) => setSource({ ...source, on: event.currentTarget.value })}
          />
        </Group>
      </ReasonForm>
    </section>
  );

  function whatIsMissing() {
    if (prices === null) return <Trans>One of the costs is no amount such as 0.04.</Trans>;
    if (!isChanged) return <Trans>These are the costs now.</Trans>;
    if (when === 'later' && !(new Date(from) > new Date())) return <Trans>Choose a moment to come.</Trans>;
    return needsSource ? <Trans>Say where the cost stands.</Trans> : null;
  }

  /** The effect does not hang on the source, which may not be there yet. */
  function withAnySource(of: NonNullable<typeof prices>) {
    return of.map((price) => ({
      ...price,
      source: URL.canParse(price.source.url) ? price.source : current.prices[0]!.source,
    }));
  }
}

function CostField(props: { draft: Draft; onChange: (usd: string) => void; onRemove: () => void }) {
  const { t } = useLingui();
  const { draft } = props;
  return (
    <div className={classes.row}>
      <TextInput
        label={draft.label}
        description={draft.was === null ? t`New` : draft.usd === draft.was ? undefined : t`was $${draft.was}`}
        leftSection="$"
        inputMode="decimal"
        value={draft.usd}
        error={isAmount(draft.usd) ? undefined : t`No amount`}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <Button variant="subtle" color="gray" onClick={props.onRemove} aria-label={t`Remove ${draft.label}`}>
        <Trans>Remove</Trans>
      </Button>
    </div>
  );
}

/** Another unit, or the same under other conditions. */
function AddCost({ detail, onAdd }: { detail: Detail; onAdd: (draft: Draft) => void }) {
  const { t } = useLingui();
  const [unit, setUnit] = useState('');
  const [conditions, setConditions] = useState('');
  const when = conditionsOf(conditions);
  const chosen = detail.units.find((one) => one.unit === unit);
  return (
    <details>
      <summary>
        <Trans>Add a cost</Trans>
      </summary>
      <Group align="end" mt="xs">
        <NativeSelect
          label={t`For`}
          value={unit}
          onChange={(event) => setUnit(event.currentTarget.value)}
          data={[
            { value: '', label: '' },
            ...detail.units.map((one) => ({ value: one.unit, label: one.label })),
          ]}
        />
        <TextInput
          label={t`Only when`}
          description={t`Such as resolution=1080p. Parameters: ${detail.conditions.join(', ')}`}
          value={conditions}
          error={when === null ? t`Write name=value` : undefined}
          onChange={(event) => setConditions(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={chosen === undefined || when === null}
          onClick={() => {
            if (chosen === undefined || when === null) return;
            const label = conditions.trim() === '' ? chosen.label : `${chosen.label}, ${conditions.trim()}`;
            onAdd({
              key: `${chosen.unit} ${JSON.stringify(when)} new`,
              label,
              unit: chosen.unit,
              per: chosen.per,
              when: Object.keys(when).length === 0 ? null : when,
              usd: '0',
              was: null,
              source: null,
            });
            setUnit('');
            setConditions('');
          }}
        >
          <Trans>Add</Trans>
        </Button>
      </Group>
    </details>
  );
}
