import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '../../ui/problem.tsx';
import { systemQuery } from '../../ui/strips.tsx';
import classes from './auth.module.css';
import { type GoogleSignUp, goToGoogle } from './auth-calls.ts';

/** The way through Google, where it is open. `prepare` answers what a sign-up needs, or null to stay here. */
export function GoogleButton({ next, prepare }: { next: string; prepare?: () => GoogleSignUp | null }) {
  const open = useQuery(systemQuery).data?.google === true;
  const leave = useMutation({ mutationFn: (signUp?: GoogleSignUp) => goToGoogle(next, signUp) });
  if (!open) return null;
  return (
    <>
      <Button
        variant="default"
        fullWidth
        loading={leave.isPending}
        onClick={() => {
          const signUp = prepare?.();
          if (signUp !== null) leave.mutate(signUp);
        }}
      >
        <Trans>Continue with Google</Trans>
      </Button>
      <ProblemAlert error={leave.error} />
      <div className={classes.or}>
        <Trans>or with e-mail</Trans>
      </div>
    </>
  );
}
