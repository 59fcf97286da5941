import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { secureAccount } from '#contract/members.ts';
import { liftRestriction } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { useMe } from '../../ui/queries.ts';
import { When } from '../../ui/when.tsx';
import { Section } from '../settings/section.tsx';
import { restrictionsQuery } from './restrictions-query.ts';

/** Clause 10.6: one click when somebody else may be in the account, and afterwards the way back. */
export function SecureCard() {
  const list = useQuery(restrictionsQuery);
  const secured = list.data?.find(({ cause, liftedAt }) => cause === 'secured' && liftedAt === null);
  return (
    <Section
      title={<Trans>Is somebody else in your account?</Trans>}
      lead={
        secured === undefined ? (
          <Trans>
            One click signs out every device, this one too, revokes all API keys, takes the password and stops
            all spending. A code for a new password comes by mail, and our staff look at it.
          </Trans>
        ) : (
          <Trans>
            You secured your account. Nothing can be spent since <When at={secured.since} />. Look at your
            history and wallet first.
          </Trans>
        )
      }
    >
      {secured === undefined ? <Secure /> : <Lift />}
    </Section>
  );
}

function Secure() {
  const me = useMe();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const secure = useMutation({
    mutationFn: () => call(secureAccount),
    onSuccess: async () => {
      const email = me?.email;
      cache.clear(); // nobody is signed in here any more
      await navigate({ to: '/reset', state: email === undefined ? {} : { email } });
    },
  });
  return (
    <Stack gap="sm" align="flex-start">
      <Button color="danger" loading={secure.isPending} onClick={() => secure.mutate()}>
        <Trans>Secure my account</Trans>
      </Button>
      <ProblemAlert error={secure.error} />
    </Stack>
  );
}

function Lift() {
  const cache = useQueryClient();
  const lift = useMutation({
    mutationFn: async () => (await call(liftRestriction, { cause: 'secured' })).items,
    onSuccess: (items) => cache.setQueryData(restrictionsQuery.queryKey, items),
  });
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">
        <Trans>New API keys are yours to make; the old ones stay revoked.</Trans>
      </Text>
      <Button variant="default" loading={lift.isPending} onClick={() => lift.mutate()}>
        <Trans>Let spending go on</Trans>
      </Button>
      <ProblemAlert error={lift.error} />
    </Stack>
  );
}
