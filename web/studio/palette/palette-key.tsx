import { useLingui } from '@lingui/react/macro';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import classes from '../shell/shell.module.css';

// It comes when it is first asked for.
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

/** `⌘K` or `Ctrl K` anywhere, and a button for who does not know that. */
export function PaletteKey() {
  const { t } = useLingui();
  const [wasAsked, setAsked] = useState(false);
  const [isOpen, setOpen] = useState(false);
  function open() {
    setAsked(true);
    setOpen(true);
  }
  // Keys of the whole page are outside React.
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      if (event.shiftKey || event.altKey) return;
      event.preventDefault();
      setAsked(true);
      setOpen((known) => !known);
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
  return (
    <>
      <button
        type="button"
        className={classes.find}
        aria-label={t`Find or go to`}
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={open}
      >
        <IconSearch size={18} stroke={1.75} aria-hidden />
      </button>
      {wasAsked ? (
        <Suspense fallback={null}>
          <Palette isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
