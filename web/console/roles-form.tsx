import { Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, Group, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ConsolePerson, type StaffRole, setStaffRoles } from '#contract/console.ts';
import { call } from '../call.ts';
import classes from './console.module.css';
import { ReasonForm } from './reason-form.tsx';

interface RolesFormProps {
  person: ConsolePerson;
  onDone: () => void;
}

/** Under which roles a person may act here; with none it is a member. */
export function RolesForm({ person, onDone }: RolesFormProps) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [roles, setRoles] = useState<StaffRole[]>(person.staffRoles);
  const edit = useMutation({
    mutationFn: (reason: string) => call(setStaffRoles, { id: person.id, roles, reason }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['console', 'people'] });
      onDone();
    },
  });
  const names: Record<StaffRole, string> = {
    support: t`Support`,
    finance: t`Finance`,
    operator: t`Operator`,
    auditor: t`Auditor`,
  };
  return (
    <section className={classes.letter} aria-label={t`Roles of ${person.displayName}`}>
      <Title order={2} size="h3" mb="xs">
        <Trans>
          Roles of <bdi>{person.displayName}</bdi>
        </Trans>
      </Title>
      <ReasonForm
        lead={
          <Trans>
            Finance and operators edit prices; finance sees the books; support sees people; auditors only
            read.
          </Trans>
        }
        action={roles.length === 0 ? <Trans>Make a member</Trans> : <Trans>Set these roles</Trans>}
        edit={edit}
        onSubmit={(reason) => edit.mutate(reason)}
      >
        <Checkbox.Group value={roles} onChange={(chosen) => setRoles(chosen as StaffRole[])} label={t`Roles`}>
          <Group mt="xs">
            {(Object.keys(names) as StaffRole[]).map((role) => (
              <Checkbox key={role} value={role} label={names[role]} />
            ))}
          </Group>
        </Checkbox.Group>
      </ReasonForm>
    </section>
  );
}
