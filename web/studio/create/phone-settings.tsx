import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import classes from './create.module.css';

// A wide screen never opens it.
const PhoneSheet = lazy(async () => ({ default: (await import('./phone-sheet.tsx')).PhoneSheet }));

/** On narrow screens the parameters are in a sheet. */
export function PhoneSettings({ form }: { form: ReactNode }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  function show() {
    setWasOpened(true);
    setOpen(true);
  }
  return (
    <>
      <ActionIcon
        className={classes.phoneSettings}
        variant="default"
        size={36}
        aria-label={t`Parameters`}
        onClick={show}
      >
        <IconAdjustmentsHorizontal size={20} stroke={1.75} aria-hidden />
      </ActionIcon>
      {wasOpened ? (
        <Suspense fallback={null}>
          <PhoneSheet open={open} onClose={() => setOpen(false)}>
            {form}
          </PhoneSheet>
        </Suspense>
      ) : null}
    </>
  );
}
