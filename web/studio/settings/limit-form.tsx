import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { Amount } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { parseAmount, plainAmount } from '../../ui/money.ts';

export interface Limit {
  period: 'month' | 'total';
  limitMicro: bigint;
}

/** What is used of a limit, in words: a bar would say no more. */
export function LimitUse({ limit }: { limit: Limit & { usedMicro: bigint } }) {
  const used = <Amount micro={limit.usedMicro} />;
  const most = <Amount micro={limit.limitMicro} as="balance" />;
  return (
    <Text size="sm" component="span">
      {limit.period === 'month' ? (
        <Trans>
          {used} of {most} this month
        </Trans>
      ) : (
        <Trans>
          {used} of {most} in all
        </Trans>
      )}
    </Text>
  );
}

interface LimitFormProps {
  limit: Limit | null;
  /** A key may have one for good; a wallet has one by the month. */
  periods: boolean;
  save: (limit: Limit | null) => void;
  saving: boolean;
  error: unknown;
}

/** Sets, changes or lifts a limit. */
export function LimitForm({ limit, periods, save, saving, error }: LimitFormProps) {
  const { t } = useLingui();
  // Which of the two buttons waits.
  const [lifting, setLifting] = useState(false);
  const form = useForm({
    initialValues: {
      amount: limit === null ? '' : plainAmount(limit.limitMicro),
      period: limit?.period ?? 'month',
    },
    validate: {
      amount: (text) =>
        parseAmount(text) === null ? t`Write an amount in dollars, such as 25 or 9.50.` : null,
    },
  });
  return (
    <FormShell
      onSubmit={form.onSubmit(({ amount, period }) => {
        setLifting(false);
        save({ period: period as Limit['period'], limitMicro: parseAmount(amount)! });
      })}
      submitError={error}
      loading={saving && !lifting}
      submitLabel={limit === null ? <Trans>Set limit</Trans> : <Trans>Change limit</Trans>}
      aside={
        limit === null ? null : (
          <Button
            variant="default"
            loading={saving && lifting}
            onClick={() => {
              setLifting(true);
              save(null);
            }}
          >
            <Trans>Lift limit</Trans>
          </Button>
        )
      }
    >
      <Group align="flex-start" gap="md">
        <TextInput
          {...form.getInputProps('amount')}
          label={t`At most, in US dollars`}
          inputMode="decimal"
          autoComplete="off"
          dir="ltr"
        />
        {periods ? (
          <NativeSelect
            {...form.getInputProps('period')}
            label={t`Period`}
            data={[
              { value: 'month', label: t`Each calendar month` },
              { value: 'total', label: t`In all` },
            ]}
          />
        ) : null}
      </Group>
    </FormShell>
  );
}
