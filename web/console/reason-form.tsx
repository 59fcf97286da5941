import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { FormShell } from '../ui/form-shell.tsx';
import { Refusal } from './refusal.tsx';

interface ReasonFormProps {
  /** What it will do. */
  lead: ReactNode;
  action: ReactNode;
  edit: { isPending: boolean; error: unknown };
  /** Why it cannot be sent yet, beside a missing reason. */
  missing?: ReactNode;
  /** How many signs the reason has at least. */
  least?: number;
  onSubmit: (reason: string) => void;
  children?: ReactNode;
}

/** An edit that needs its reason: what it does, why, and the button that names it. */
export function ReasonForm({ lead, action, edit, missing, least = 3, onSubmit, children }: ReasonFormProps) {
  const { t } = useLingui();
  const [reason, setReason] = useState('');
  const short = reason.trim().length < least;
  const tooShort = least > 3 ? <Trans>Say why, in a few words: it is kept.</Trans> : <Trans>Say why.</Trans>;
  const noReason = short ? tooShort : null;
  return (
    <FormShell
      onSubmit={() => onSubmit(reason)}
      submitError={null}
      loading={edit.isPending}
      submitLabel={action}
      submitDisabled={missing ?? noReason}
    >
      <Text size="sm" c="var(--ml-text-2)">
        {lead}
      </Text>
      {children}
      <Textarea
        label={t`Why`}
        autosize
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Refusal error={edit.error} />
    </FormShell>
  );
}
