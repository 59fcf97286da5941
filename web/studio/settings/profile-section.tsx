import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Country, DisplayName, type Member, Phone, updateMe } from '#contract/members.ts';
import { call } from '../../call.ts';
import { countries } from '../../ui/countries.ts';
import { FormShell } from '../../ui/form-shell.tsx';
import { meQuery, useMe } from '../../ui/queries.ts';
import { valid } from '../../ui/valid.ts';
import { Saved, Section } from './section.tsx';

/** Name, country, phone: what we know of the person and how to correct it. */
export function ProfileSection() {
  const me = useMe();
  return me === null ? null : <ProfileForm me={me} />;
}

function ProfileForm({ me }: { me: Member }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { displayName: me.displayName, country: me.country ?? '', phone: me.phone ?? '' },
    validate: {
      displayName: valid(DisplayName, t`Enter a name; it may be a nickname.`),
      country: valid(Country, t`Choose the country you live in.`),
      phone: (phone) =>
        phone === '' || Phone.safeParse(phone).success
          ? null
          : t`Write it in the international form, such as +254712345678.`,
    },
  });
  const save = useMutation({
    mutationFn: ({ displayName, country, phone }: typeof form.values) =>
      call(updateMe, { displayName, country, phone: phone === '' ? null : phone }),
    onSuccess: (fresh) => {
      cache.setQueryData(meQuery.queryKey, fresh);
      form.resetDirty();
    },
  });
  return (
    <Section title={<Trans>Profile</Trans>}>
      <FormShell
        onSubmit={form.onSubmit((values) => save.mutate(values))}
        submitError={save.error}
        loading={save.isPending}
        submitLabel={<Trans>Save profile</Trans>}
        aside={
          <Saved when={save.isSuccess && !form.isDirty()}>
            <Trans>Saved.</Trans>
          </Saved>
        }
      >
        <TextInput label={t`E-mail address`} value={me.email} readOnly dir="ltr" />
        <TextInput {...form.getInputProps('displayName')} label={t`Your name`} autoComplete="name" />
        <NativeSelect
          {...form.getInputProps('country')}
          label={t`Country you live in`}
          autoComplete="country"
          data={[...(me.country === null ? [{ value: '', label: t`Choose …` }] : []), ...countries()]}
        />
        <TextInput
          {...form.getInputProps('phone')}
          label={t`Phone, if you like`}
          description={t`In the international form, such as +254712345678.`}
          type="tel"
          autoComplete="tel"
          dir="ltr"
        />
      </FormShell>
    </Section>
  );
}
