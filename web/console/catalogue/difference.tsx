import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Badge, Checkbox, Group, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ImportItem } from '#contract/console-catalogue.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { Change, Dollars, SourceLink } from './words.tsx';

interface DifferenceFormProps {
  items: ImportItem[];
  mayEdit: boolean;
  isShipped: boolean;
  error: unknown;
  loading: boolean;
  onTake: (modelIds: string[], reason: string) => void;
}

/** Each model that differs, to be taken or left, and the confirmation of those that are taken. */
export function DifferenceForm(props: DifferenceFormProps) {
  const { t } = useLingui();
  const { items } = props;
  // What staff set stays theirs unless they choose otherwise.
  const [chosen, setChosen] = useState(
    () => new Set(items.filter(({ isEdited }) => !isEdited).map(({ modelId }) => modelId)),
  );
  const [reason, setReason] = useState('');
  const toggle = (modelId: string) => {
    const next = new Set(chosen);
    if (!next.delete(modelId)) next.add(modelId);
    setChosen(next);
  };
  const count = (what: ImportItem['what']) => items.filter((item) => item.what === what).length;
  return (
    <FormShell
      onSubmit={() => props.onTake([...chosen], reason)}
      submitError={null}
      loading={props.loading}
      submitLabel={<Plural value={chosen.size} one="Take # model" other="Take # models" />}
      submitDisabled={
        !props.mayEdit ? (
          <Trans>Your role may look at this, not take it.</Trans>
        ) : chosen.size === 0 ? (
          <Trans>Choose at least one model.</Trans>
        ) : reason.trim().length < 3 ? (
          <Trans>Say why.</Trans>
        ) : null
      }
    >
      <Group justify="space-between">
        <Text size="sm">
          <Trans>
            {count('added')} added, {count('changed')} changed, {count('removed')} removed
          </Trans>
        </Text>
        <Checkbox
          label={t`All`}
          checked={chosen.size === items.length}
          indeterminate={chosen.size > 0 && chosen.size < items.length}
          onChange={() =>
            setChosen(new Set(chosen.size === items.length ? [] : items.map(({ modelId }) => modelId)))
          }
        />
      </Group>
      <ul className={classes.differences}>
        {items.map((item) => (
          <Item
            key={item.modelId}
            item={item}
            isShipped={props.isShipped}
            checked={chosen.has(item.modelId)}
            onToggle={() => toggle(item.modelId)}
          />
        ))}
      </ul>
      <Textarea
        label={t`Why`}
        autosize
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Refusal error={props.error} />
    </FormShell>
  );
}

function Item(props: { item: ImportItem; isShipped: boolean; checked: boolean; onToggle: () => void }) {
  const { t } = useLingui();
  const { item } = props;
  const kinds = {
    added: { word: t`Added`, color: 'ok' },
    changed: { word: t`Changed`, color: 'accent' },
    removed: { word: t`Removed: goes off offer`, color: 'danger' },
  };
  return (
    <li className={classes.difference}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Checkbox
          label={item.name}
          description={item.modelId}
          checked={props.checked}
          onChange={props.onToggle}
        />
        <Badge color={kinds[item.what].color}>{kinds[item.what].word}</Badge>
      </Group>
      {item.isEdited ? (
        <Text size="sm" c="var(--ml-held)" mt="xs">
          {props.isShipped ? (
            <Trans>Staff set something of this here. Taken, it follows what is shipped again.</Trans>
          ) : (
            <Trans>Staff set something of this here. Taken, that is replaced.</Trans>
          )}
        </Text>
      ) : null}
      {item.prices.length === 0 ? null : <Costs item={item} />}
      {item.fields.map((field) => (
        <Text key={field.name} size="sm" mt="xs" className={classes.long}>
          <bdi dir="ltr">{field.name}</bdi>: <span className={classes.old}>{shortened(field.before)}</span>{' '}
          {shortened(field.after)}
        </Text>
      ))}
    </li>
  );
}

function Costs({ item }: { item: ImportItem }) {
  const { t } = useLingui();
  return (
    <section
      className={`${shared.scroll} ${classes.scroll}`}
      aria-label={t`Costs of ${item.name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
      tabIndex={0}
    >
      <table className={shared.table}>
        <thead>
          <tr>
            <th scope="col">{t`Cost for`}</th>
            <th scope="col">{t`From`}</th>
            <th scope="col" className={shared.end}>{t`Here`}</th>
            <th scope="col" className={shared.end}>{t`There`}</th>
            <th scope="col" className={shared.end}>{t`Change`}</th>
            <th scope="col">{t`Source`}</th>
          </tr>
        </thead>
        <tbody>
          {item.prices.map((price) => (
            <tr key={`${price.label} ${price.from}`}>
              <td>{price.label}</td>
              <td>{price.from === null ? t`now` : <When at={price.from} only="date" />}</td>
              <td className={shared.end}>{price.before === null ? '–' : <Dollars usd={price.before} />}</td>
              <td className={shared.end}>{price.after === null ? '–' : <Dollars usd={price.after} />}</td>
              <td className={shared.end}>
                <Change basisPoints={price.changeBasisPoints} />
              </td>
              <td>
                {price.source === null ? null : (
                  <>
                    <SourceLink source={price.source} />{' '}
                    <span className={shared.quiet}>{price.source.on}</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A schema is a page long: its beginning tells that it is one. */
function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
