import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { z } from 'zod';
import { Country, checkAge } from '#contract/members.ts';
import { call } from '../../call.ts';
import { countries } from '../../ui/countries.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { valid } from '../../ui/valid.ts';

const words = {
  'age-not-met': msg`You cannot open an account yet: your country asks for a higher age. Nothing was kept.`,
};

/** Clause 11.1: the birth date is compared on the server and discarded; what is left is a pass. */
export function AgeStep({ onPassed }: { onPassed: (passed: { country: string; agePass: string }) => void }) {
  const { t } = useLingui();
  const form = useForm({
    initialValues: { country: '', birthDate: '' },
    validate: {
      country: valid(Country, t`Choose the country you live in.`),
      birthDate: valid(z.iso.date(), t`Enter your date of birth.`),
    },
  });
  const check = useMutation({
    mutationFn: (given: { country: string; birthDate: string }) => call(checkAge, given),
    onSuccess: ({ agePass }, { country }) => onPassed({ country, agePass }),
  });
  return (
    <FormShell
      onSubmit={form.onSubmit((values) => check.mutate(values))}
      submitError={check.error}
      problemWords={words}
      loading={check.isPending}
      submitLabel={<Trans>Continue</Trans>}
      fullWidth
    >
      <NativeSelect
        {...form.getInputProps('country')}
        label={t`Country you live in`}
        autoComplete="country"
        data={[{ value: '', label: t`Choose …` }, ...countries()]}
      />
      <TextInput
        {...form.getInputProps('birthDate')}
        label={t`Date of birth`}
        description={t`Checked once and not kept.`}
        type="date"
        autoComplete="bday"
        min="1900-01-01"
        max={new Date().toISOString().slice(0, 10)}
      />
    </FormShell>
  );
}
