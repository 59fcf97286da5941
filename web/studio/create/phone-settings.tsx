import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Drawer } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from './create.module.css';

/** On narrow screens the parameters are in a sheet. */
export function PhoneSettings({ form }: { form: ReactNode }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        className={classes.phoneSettings}
        variant="default"
        onClick={() => setOpen(true)}
        leftSection={<IconAdjustmentsHorizontal size={18} stroke={1.75} aria-hidden />}
      >
        <Trans>Parameters</Trans>
      </Button>
      <Drawer opened={open} onClose={() => setOpen(false)} position="bottom" size="80%" title={t`Parameters`}>
        {form}
      </Drawer>
    </>
  );
}
