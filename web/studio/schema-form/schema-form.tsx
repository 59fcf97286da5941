import { Trans, useLingui } from '@lingui/react/macro';
import { Stack } from '@mantine/core';
import { FieldInput } from './field-input.tsx';
import type { Field, Values } from './schema.ts';
import classes from './schema-form.module.css';

interface SchemaFormProps {
  fields: Field[];
  values: Values;
  onChange: (name: string, value: unknown) => void;
  /** What the server said about a field, by its name. */
  errors?: Record<string, string>;
}

/** A model's parameters: the usual ones first, the rest behind "More". The server checks; this only helps. */
export function SchemaForm({ fields, values, onChange, errors = {} }: SchemaFormProps) {
  const { t } = useLingui();
  const usual = fields.filter((field) => !field.hints.advanced);
  const rest = fields.filter((field) => field.hints.advanced);
  const input = (field: Field) => (
    <FieldInput
      key={field.name}
      field={field}
      value={values[field.name]}
      error={errors[field.name]}
      onChange={(value) => onChange(field.name, value)}
    />
  );
  if (fields.length === 0) return null;
  return (
    <Stack gap="md" role="group" aria-label={t`Parameters`}>
      {usual.map(input)}
      {rest.length === 0 ? null : (
        <details className={classes.more} open={rest.some((field) => errors[field.name])}>
          <summary>
            <Trans>More parameters</Trans>
          </summary>
          <Stack gap="md" mt="md">
            {rest.map(input)}
          </Stack>
        </details>
      )}
    </Stack>
  );
}
