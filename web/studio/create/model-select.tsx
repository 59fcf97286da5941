import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import type { Model } from '#contract/catalogue.ts';
import { Amount, priceText } from '../../ui/amount.tsx';
import classes from './create.module.css';

interface ModelSelectProps {
  models: Model[];
  model: Model;
  onChange: (model: Model) => void;
}

/** Find a model by name, with the price of a usual thing beside each. */
export function ModelSelect({ models, model, onChange }: ModelSelectProps) {
  const { t } = useLingui();
  const providers = [...new Set(models.map((one) => one.provider.name))];
  return (
    <Select
      aria-label={t`Model`}
      className={classes.modelSelect}
      searchable
      allowDeselect={false}
      // The list scrolls by itself: a scroll area around it could not be reached by keyboard.
      withScrollArea={false}
      classNames={{ options: classes.picker }}
      comboboxProps={{ width: 360, position: 'top-start' }}
      nothingFoundMessage={t`No such model`}
      value={model.id}
      onChange={(id) => {
        const chosen = models.find((one) => one.id === id);
        if (chosen) onChange(chosen);
      }}
      data={providers.map((group) => ({
        group,
        items: models
          .filter((one) => one.provider.name === group)
          .map((one) => ({ value: one.id, label: one.name })),
      }))}
      renderOption={({ option }) => <Option model={models.find((one) => one.id === option.value)} />}
      description={`${priceText(model.typical.priceMicro)} · ${model.typical.label}`}
      inputWrapperOrder={['input', 'description']}
    />
  );
}

function Option({ model }: { model: Model | undefined }) {
  if (model === undefined) return null;
  return (
    <span className={classes.option}>
      <span>{model.name}</span>
      <span className={classes.quiet}>
        <Amount micro={model.typical.priceMicro} />
      </span>
    </span>
  );
}
