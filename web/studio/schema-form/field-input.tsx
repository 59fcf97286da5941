import { useLingui } from '@lingui/react/macro';
import {
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Slider,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useId } from 'react';
import { FileField } from './file-field.tsx';
import type { Field } from './schema.ts';
import classes from './schema-form.module.css';

interface FieldInputProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
}

/** The control that suits a parameter: by its hint, else by its type. */
export function FieldInput(props: FieldInputProps) {
  const { field } = props;
  const { widget } = field.hints;
  if (widget === 'file' || widget === 'files') return <FileField {...props} many={widget === 'files'} />;
  if (field.enum || field.hints.presets) return <Choice {...props} />;
  if (field.type === 'boolean') return <Toggle {...props} />;
  if (widget === 'slider' && field.minimum !== undefined && field.maximum !== undefined)
    return <Range {...props} />;
  if (field.type === 'integer' || field.type === 'number') return <Figure {...props} />;
  if (widget === 'list') return <Lines {...props} />;
  return <Words {...props} />;
}

function common({ field, error }: FieldInputProps) {
  const unit = field.hints.unit === undefined ? '' : `, ${field.hints.unit}`;
  return { label: field.label + unit, description: field.description, error };
}

/** The value of a choice travels as text through the browser, and back into the type of its option. */
function Choice(props: FieldInputProps) {
  const { t } = useLingui();
  const { field, value, onChange } = props;
  const id = useId();
  const options =
    field.hints.presets ??
    (field.enum ?? []).map((one) => ({
      value: one,
      label: field.hints.labels?.[String(one)] ?? wordOf(one),
    }));
  const shown = String(value ?? field.default ?? '');
  const pick = (text: string) => onChange(options.find((one) => String(one.value) === text)?.value);
  const data = options.map((one) => ({ value: String(one.value), label: one.label }));
  const isShort = data.length <= 4 && data.every((one) => one.label.length <= 9);
  if (field.hints.widget === 'segmented' && isShort && shown !== '') {
    return (
      <div>
        <div className={classes.head} id={id}>
          {field.label}
        </div>
        <SegmentedControl aria-labelledby={id} fullWidth data={data} value={shown} onChange={pick} />
      </div>
    );
  }
  const usual = field.hints.providerDefault;
  const none = usual === undefined ? t`As the model likes` : t`As usual: ${wordOf(usual)}`;
  const isFree = field.default === undefined;
  return (
    <NativeSelect
      {...common(props)}
      value={shown}
      onChange={(event) => pick(event.currentTarget.value)}
      data={isFree ? [{ value: '', label: none }, ...data] : data}
    />
  );
}

function Toggle(props: FieldInputProps) {
  return (
    <Switch
      {...common(props)}
      checked={Boolean(props.value ?? props.field.default ?? false)}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

function Range({ field, value, onChange }: FieldInputProps) {
  const id = useId();
  const min = field.minimum!;
  const max = field.maximum!;
  const step = field.hints.step ?? field.multipleOf ?? (field.type === 'integer' ? 1 : (max - min) / 20);
  const fallback = field.default ?? field.hints.providerDefault ?? min;
  const shown = Number(value ?? fallback);
  return (
    <div>
      <div className={classes.head}>
        <span id={id} title={field.description}>
          {field.label}
        </span>
        <bdi dir="ltr" className={classes.value}>
          {shown} {field.hints.unit}
        </bdi>
      </div>
      <div className={classes.slider}>
        <Slider
          thumbProps={{ 'aria-labelledby': id }}
          label={null}
          min={min}
          max={max}
          step={step}
          value={shown}
          onChange={onChange}
        />
      </div>
    </div>
  );
}

function Figure(props: FieldInputProps) {
  const { t } = useLingui();
  const { field, value, onChange } = props;
  return (
    <NumberInput
      {...common(props)}
      placeholder={field.hints.widget === 'seed' ? t`A new one each time` : undefined}
      value={typeof value === 'number' ? value : typeof field.default === 'number' ? field.default : ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
      min={field.minimum}
      max={field.maximum}
      step={field.multipleOf ?? 1}
      allowDecimal={field.type === 'number'}
      clampBehavior="blur"
    />
  );
}

function Words(props: FieldInputProps) {
  const { field, value, onChange } = props;
  const shared = {
    ...common(props),
    value: String(value ?? ''),
    maxLength: field.maxLength,
    dir: 'auto' as const,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(event.currentTarget.value || undefined),
  };
  const isLong = field.hints.widget === 'prompt' || (field.maxLength ?? 0) > 200;
  return isLong ? <Textarea {...shared} autosize minRows={2} maxRows={6} /> : <TextInput {...shared} />;
}

/** One entry a line. */
function Lines(props: FieldInputProps) {
  const value = Array.isArray(props.value) ? props.value.join('\n') : '';
  return (
    <Textarea
      {...common(props)}
      autosize
      minRows={2}
      maxRows={4}
      value={value}
      onChange={(event) =>
        props.onChange(
          event.currentTarget.value.split('\n').filter((line, at, all) => line !== '' || at < all.length - 1),
        )
      }
    />
  );
}

/** `xhigh` as `Xhigh`, `16:9` as it is. */
function wordOf(value: unknown): string {
  const text = String(value).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
