import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Drawer } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from './create.module.css';

/** On narrow screens the parameters are in a sheet. */
export function PhoneSettings({ form }: { form: ReactNode }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActionIcon
        className={classes.phoneSettings}
        variant="default"
        size={36}
        aria-label={t`Parameters`}
        onClick={() => setOpen(true)}
      >
        <IconAdjustmentsHorizontal size={20} stroke={1.75} aria-hidden />
      </ActionIcon>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="80%"
        title={t`Parameters`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {form}
      </Drawer>
    </>
  );
}
