import { Trans, useLingui } from '@lingui/react/macro';
import { FileInput, Textarea } from '@mantine/core';
import type { ComponentProps } from 'react';

interface MessageFieldsProps {
  label: string;
  text: Pick<ComponentProps<typeof Textarea>, 'value' | 'onChange' | 'error'>;
  files: File[];
  onFiles: (files: File[]) => void;
  filesError: string | null;
}

/** The words of a message, and what goes along. */
export function MessageFields({ label, text, files, onFiles, filesError }: MessageFieldsProps) {
  const { t } = useLingui();
  return (
    <>
      <Textarea {...text} label={label} autosize minRows={5} maxRows={16} maxLength={10_000} />
      <FileInput
        label={t`Files, if they help`}
        description={<Trans>Up to three pictures, documents or texts of 4 MB.</Trans>}
        placeholder={t`Choose files`}
        multiple
        clearable
        clearButtonProps={{ 'aria-label': t`Remove the files` }}
        value={files}
        onChange={onFiles}
        error={filesError}
      />
    </>
  );
}
