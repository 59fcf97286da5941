import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { UploadedFile } from '#contract/generations.ts';
import type { Field, Values } from '../schema-form/schema.ts';
import classes from './attachments.module.css';
import { Chip, Chips } from './chips.tsx';
import { remember, takeBack, upload, useUploaded } from './uploads.ts';

const mediaOf = (field: Field): string | undefined => field['x-media'] ?? field.items?.['x-media'];
const mostOf = (field: Field): number =>
  field.hints.widget === 'files' ? (field.maxItems ?? 16) : field.hints.widget === 'file' ? 1 : 0;
const chosenIn = (values: Values, { name }: Field): string[] =>
  [values[name]].flat().filter((value) => typeof value === 'string');

/** The first field that takes a file of this type and has room: the usual ones before the rest. */
export function fieldFor(fields: Field[], values: Values, mediaType: string): Field | undefined {
  const family = mediaType === 'application/pdf' ? 'document' : mediaType.split('/')[0];
  const fitting = fields.filter((field) => mediaOf(field) === family);
  const free = fitting.filter((field) => chosenIn(values, field).length < mostOf(field));
  return free.find((field) => !field.hints.advanced) ?? free[0];
}

/** Files that are dropped, pasted or attached where a model takes them in its fields: each finds its own. */
export function useFieldFiles(fields: Field[], values: Values, set: (name: string, value: unknown) => void) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [pending, setPending] = useState(0);
  const [refused, setRefused] = useState<{ name: string; why: string }[]>([]);
  const taking = fields.filter((field) => mostOf(field) > 0);

  function place(known: Values, file: UploadedFile): Values {
    const field = fieldFor(taking, known, file.mediaType);
    if (field === undefined) {
      takeBack(file.id);
      const why = t`there is no place left for such a file with this model`;
      setRefused((before) => [...before, { name: file.name, why }]);
      return known;
    }
    const names = [...chosenIn(known, field), `file:${file.id}`];
    const value = field.hints.widget === 'files' ? names : names[0];
    set(field.name, value);
    return { ...known, [field.name]: value };
  }
  return {
    takes: taking.length > 0,
    pending,
    refused,
    /** One after the other, so that each finds the room that those before it left. */
    async add(files: File[]) {
      setRefused([]);
      setPending((count) => count + files.length);
      let known = values;
      for (const file of files) {
        try {
          const there = await upload(file);
          remember(cache, there, file);
          known = place(known, there);
        } catch (error) {
          const why = error instanceof Error ? error.message : '';
          setRefused((before) => [...before, { name: file.name, why }]);
        }
        setPending((count) => count - 1);
      }
    },
    dismiss: (name: string) => setRefused((before) => before.filter((one) => one.name !== name)),
  };
}

interface FieldFilesProps {
  fields: Field[];
  values: Values;
  set: (name: string, value: unknown) => void;
  given: ReturnType<typeof useFieldFiles>;
}

/** The files of all fields, above the prompt: what each is for stands beside its name. */
export function FieldFiles({ fields, values, set, given }: FieldFilesProps) {
  const { t } = useLingui();
  const uploaded = useUploaded();
  const { pending, refused } = given;
  const chosen = fields
    .filter((field) => mostOf(field) > 0)
    .flatMap((field) => chosenIn(values, field).map((reference) => ({ field, reference })));
  function remove({ field, reference }: (typeof chosen)[number]) {
    const rest = chosenIn(values, field).filter((one) => one !== reference);
    set(field.name, field.hints.widget === 'files' && rest.length > 0 ? rest : undefined);
  }
  const isEmpty = chosen.length + pending + refused.length === 0;
  return (
    <>
      {isEmpty ? null : (
        <Chips label={t`Attached files`}>
          {chosen.map((one) => {
            const id = one.reference.slice('file:'.length);
            const file = uploaded(id);
            const changes = file?.changes.join(', ');
            return (
              <Chip
                key={one.reference + one.field.name}
                id={id}
                name={file?.name ?? t`File`}
                bytes={file?.bytes}
                mediaType={
                  file?.mediaType ?? (mediaOf(one.field) === 'image' ? 'image/*' : `${mediaOf(one.field)}/*`)
                }
                note={changes ? `${one.field.label}, ${changes}` : one.field.label}
                onRemove={() => remove(one)}
              />
            );
          })}
          {pending > 0 ? (
            <Chip name={plural(pending, { one: '# file', other: '# files' })} state="sending" />
          ) : null}
          {refused.map(({ name, why }) => (
            <Chip key={name} name={name} state="refused" note={why} onRemove={() => given.dismiss(name)} />
          ))}
        </Chips>
      )}
      <div role="status" className={classes.hidden}>
        {refused.map(({ name, why }) => t`${name} was not attached: ${why}`).join('. ')}
      </div>
    </>
  );
}
