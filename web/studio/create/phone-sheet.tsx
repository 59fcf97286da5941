import { useLingui } from '@lingui/react/macro';
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

/** The sheet from below that holds the parameters on a narrow screen. */
export function PhoneSheet(props: { open: boolean; onClose: () => void; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <Drawer
      opened={props.open}
      onClose={props.onClose}
      position="bottom"
      size="80%"
      title={t`Parameters`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {props.children}
    </Drawer>
  );
}
