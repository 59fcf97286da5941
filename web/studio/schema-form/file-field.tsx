import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, FileButton, Input, Text } from '@mantine/core';
import { IconUpload, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { UploadedFile } from '#contract/generations.ts';
import { reach } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import type { Field } from './schema.ts';
import classes from './schema-form.module.css';

/** Uploads one file; what it is, the server tells from its bytes. */
export async function upload(file: File): Promise<UploadedFile> {
  const body = new FormData();
  body.append('file', file);
  const response = await reach('/api/files', { method: 'POST', body });
  return UploadedFile.parse(await response.json());
}

interface FileFieldProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
  many: boolean;
}

/** Files that go with the prompt, as `file:<id>`. */
export function FileField({ field, value, onChange, error, many }: FileFieldProps) {
  const { t } = useLingui();
  const [names, setNames] = useState<Record<string, UploadedFile>>({});
  const chosen = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as string[];
  const send = useMutation({
    mutationFn: (files: File[]) => Promise.all(files.map(upload)),
    onSuccess: (files) => {
      setNames({ ...names, ...Object.fromEntries(files.map((file) => [`file:${file.id}`, file])) });
      const next = [...chosen, ...files.map((file) => `file:${file.id}`)];
      onChange(many ? next : next.at(-1));
    },
  });
  function remove(reference: string) {
    const rest = chosen.filter((one) => one !== reference);
    onChange(many && rest.length > 0 ? rest : undefined);
  }
  const media = field['x-media'] ?? field.items?.['x-media'];
  const isFull = chosen.length >= (many ? (field.maxItems ?? 16) : 1);
  const take = (picked: File | File[] | null) => {
    const files = picked === null ? [] : [picked].flat();
    if (files.length > 0) send.mutate(files);
  };
  return (
    <Input.Wrapper label={field.label} description={field.description} error={error} labelElement="div">
      <div className={classes.files}>
        {chosen.map((reference) => (
          <span key={reference} className={classes.file}>
            <Thumb reference={reference} isImage={media === 'image'} />
            <Text size="sm" truncate maw={140}>
              {names[reference]?.name ?? t`File`}
            </Text>
            <ActionIcon variant="subtle" aria-label={t`Remove the file`} onClick={() => remove(reference)}>
              <IconX size={18} stroke={1.75} aria-hidden />
            </ActionIcon>
          </span>
        ))}
        {isFull ? null : (
          <FileButton onChange={take} multiple={many} accept={media === undefined ? undefined : `${media}/*`}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={send.isPending}
                leftSection={<IconUpload size={18} stroke={1.75} aria-hidden />}
              >
                <Trans>Add a file</Trans>
              </Button>
            )}
          </FileButton>
        )}
      </div>
      <ProblemAlert error={send.error} />
    </Input.Wrapper>
  );
}

function Thumb({ reference, isImage }: { reference: string; isImage: boolean }) {
  if (!isImage) return null;
  return <img src={`/api/files/${reference.slice('file:'.length)}`} alt="" className={classes.thumb} />;
}
