import { Trans, useLingui } from '@lingui/react/macro';
import { Button, FileButton, Input } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Chip, Chips, KeepSwitch } from '../attachments/chips.tsx';
import { hadPlace, remember, takeBack, upload, useUploaded } from '../attachments/uploads.ts';
import type { Field } from './schema.ts';
import classes from './schema-form.module.css';

interface FileFieldProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
  many: boolean;
}

interface Swap {
  old: string;
  original: File;
  keeps: boolean;
}

/** Files that go with the prompt, as `file:<id>`. */
export function FileField({ field, value, onChange, error, many }: FileFieldProps) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const uploaded = useUploaded();
  const chosen = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as string[];
  const media = field['x-media'] ?? field.items?.['x-media'];
  const most = many ? (field.maxItems ?? 16) : 1;
  const send = useMutation({
    mutationFn: (files: File[]) => Promise.all(files.map((file) => upload(file))),
    onSuccess: (files, originals) => {
      for (const [at, file] of files.entries()) remember(cache, file, originals[at]!);
      const next = [...chosen, ...files.map((file) => `file:${file.id}`)].slice(-most);
      onChange(many ? next : next.at(-1));
    },
  });
  const keep = useMutation({
    mutationFn: ({ original, keeps }: Swap) => upload(original, keeps),
    onSuccess: (file, { old, original, keeps }) => {
      remember(cache, file, original, keeps);
      takeBack(old);
      const next = chosen.map((one) => (one === `file:${old}` ? `file:${file.id}` : one));
      onChange(many ? next : next[0]);
    },
  });
  function remove(reference: string) {
    const rest = chosen.filter((one) => one !== reference);
    onChange(many && rest.length > 0 ? rest : undefined);
  }
  const take = (picked: File | File[] | null) => {
    const files = picked === null ? [] : [picked].flat();
    if (files.length > 0) send.mutate(files);
  };
  return (
    <Input.Wrapper label={field.label} description={field.description} error={error} labelElement="div">
      {chosen.length === 0 ? null : (
        <Chips label={t`Files: ${field.label}`}>
          {chosen.map((reference) => {
            const id = reference.slice('file:'.length);
            const file = uploaded(id);
            return (
              <Chip
                key={reference}
                id={id}
                name={file?.name ?? t`File`}
                bytes={file?.bytes}
                mediaType={file?.mediaType ?? (media === 'image' ? 'image/*' : undefined)}
                note={
                  file === undefined || !hadPlace(file) ? (
                    file?.changes.join(', ')
                  ) : (
                    <>
                      {file.changes.join(', ')}
                      <KeepSwitch
                        name={file.name}
                        keeps={file.keeps}
                        onChange={(keeps) => keep.mutate({ old: id, original: file.original, keeps })}
                      />
                    </>
                  )
                }
                onRemove={() => remove(reference)}
              />
            );
          })}
        </Chips>
      )}
      {chosen.length >= most ? null : (
        <div className={classes.files}>
          <FileButton
            onChange={take}
            multiple={many}
            accept={media === undefined ? undefined : acceptOf(media)}
          >
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={send.isPending}
                aria-label={t`Add a file: ${field.label}`}
                leftSection={<IconUpload size={18} stroke={1.75} aria-hidden />}
              >
                <Trans>Add a file</Trans>
              </Button>
            )}
          </FileButton>
        </div>
      )}
      <ProblemAlert error={send.error ?? keep.error} />
    </Input.Wrapper>
  );
}

const acceptOf = (media: string): string => (media === 'document' ? 'application/pdf' : `${media}/*`);
