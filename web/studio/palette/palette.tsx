import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Entry, Group } from './entries.ts';
import classes from './palette.module.css';
import { useGroups } from './use-groups.tsx';

interface PaletteProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Everything by its name: pages, models, what was made, and a few acts. Arrows choose, Enter goes, Escape leaves. */
export function Palette({ isOpen, onClose }: PaletteProps) {
  const { t } = useLingui();
  const [isShown, setShown] = useState(false);
  // A dialog that is open when it comes would not know where the focus was.
  useEffect(() => setShown(isOpen), [isOpen]);
  return (
    <Modal.Root opened={isShown} onClose={onClose} size={600} yOffset="12dvh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t`Find or go to`}>
        <Finder onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [words, setWords] = useState('');
  const [wanted] = useDebouncedValue(words, 120);
  const [place, setPlace] = useState(0);
  const list = useId();
  const { groups, isLooking, isWhole } = useGroups(words, wanted.trim());
  const entries = groups.flatMap((group) => group.entries);
  const at = Math.min(place, entries.length - 1);
  const chosen = entries[at];
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.choose();
  };
  function press(event: KeyboardEvent) {
    const to = placeAfter(event.key, at, entries.length);
    if (to !== null) {
      event.preventDefault();
      setPlace(to);
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(chosen);
    }
  }
  return (
    <>
      <input
        className={classes.words}
        data-autofocus
        type="text"
        role="combobox"
        aria-label={t`Page, model or what you made`}
        aria-expanded={entries.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
        placeholder={t`Page, model or what you made`}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setPlace(0);
        }}
        onKeyDown={press}
      />
      <List id={list} groups={groups} chosen={chosen} onChoose={choose} />
      <Count count={entries.length} isLooking={isLooking} isWhole={isWhole} />
    </>
  );
}

/** Where the arrows lead; round at the ends. Null for any other key. */
function placeAfter(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at + count - 1) % count;
    case 'PageDown':
      return Math.min(at + 6, count - 1);
    case 'PageUp':
      return Math.max(at - 6, 0);
    default:
      return null;
  }
}

interface ListProps {
  id: string;
  groups: Group[];
  chosen: Entry | undefined;
  onChoose: (entry: Entry) => void;
}

function List({ id, groups, chosen, onChoose }: ListProps) {
  const { t } = useLingui();
  const shown = useRef<HTMLDivElement>(null);
  // The list scrolls by itself; the focus stays in the words.
  useEffect(() => {
    if (chosen !== undefined) shown.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div id={id} role="listbox" aria-label={t`What was found`} className={classes.list}>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: options may stand in a group, not among fields
        <div key={group.name} role="group" aria-label={group.name}>
          <div className={classes.group} aria-hidden="true">
            {group.name}
          </div>
          {group.entries.map((entry) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the words above, which keep the focus
            <div
              key={entry.id}
              id={`${id}-${entry.id}`}
              ref={entry === chosen ? shown : undefined}
              role="option"
              tabIndex={-1}
              aria-selected={entry === chosen}
              className={classes.entry}
              onClick={() => onChoose(entry)}
            >
              <span className={classes.label} dir="auto">
                {entry.label}
              </span>
              <span className={classes.note}>{entry.note}</span>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** How much was found, read out too. */
function Count({ count, isLooking, isWhole }: { count: number; isLooking: boolean; isWhole: boolean }) {
  return (
    <div className={classes.count} role="status">
      {isLooking ? (
        <Trans>Looking in your history</Trans>
      ) : count === 0 ? (
        <Text size="sm" component="span">
          <Trans>Nothing by these words</Trans>
        </Text>
      ) : (
        <Trans>{count} found</Trans>
      )}
      {isWhole ? null : (
        <>
          {' '}
          <Trans>Only your newest 5,000 runs were looked through.</Trans>
        </>
      )}
    </div>
  );
}
