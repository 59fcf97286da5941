import { Trans } from '@lingui/react/macro';
import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Generation } from '#contract/generations.ts';
import { modelsQuery } from '../../ui/queries.ts';
import { fieldsOf } from '../schema-form/schema.ts';
import { Row } from './charge-card.tsx';
import classes from './history.module.css';

/** The parameters it ran with, under the names of the form. */
export function ParametersCard({ run }: { run: Generation }) {
  const model = useQuery(modelsQuery).data?.find((one) => one.id === run.modelId);
  const fields = model === undefined ? [] : fieldsOf(model.parameters);
  const shown = Object.entries(run.params).filter(
    ([name, value]) => name !== 'prompt' && name !== 'messages' && !String(value).startsWith('file:'),
  );
  if (shown.length === 0) return null;
  return (
    <section className={classes.card}>
      <Title order={2} size="h3">
        <Trans>Parameters</Trans>
      </Title>
      <dl className={classes.facts}>
        {shown.map(([name, value]) => (
          <Row key={name} name={fields.find((field) => field.name === name)?.label ?? name}>
            <bdi dir="ltr">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</bdi>
          </Row>
        ))}
      </dl>
    </section>
  );
}
