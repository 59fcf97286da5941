import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { LinkText } from '../../ui/link.tsx';
import { AccountStep } from './account-step.tsx';
import { AgeStep } from './age-step.tsx';
import { AuthCard } from './auth-card.tsx';
import { useKnownEmail } from './known-email.ts';

const route = getRouteApi('/sign-up');

/** Two steps: country and birth date, then the account. The birth date is checked and not kept. */
export function SignUpPage() {
  const { t } = useLingui();
  const { next } = route.useSearch();
  const email = useKnownEmail();
  const [passed, setPassed] = useState<{ country: string; agePass: string } | null>(null);
  return (
    <AuthCard
      title={t`Create your account`}
      lead={
        passed === null ? (
          <Trans>Step 1 of 2. Some countries ask for an age, so we ask first.</Trans>
        ) : (
          <Trans>Step 2 of 2. You see each price before you pay it.</Trans>
        )
      }
      foot={
        <span>
          <Trans>
            Have an account?{' '}
            <LinkText to="/sign-in" search={{ next }} state={{ email }}>
              Sign in
            </LinkText>
          </Trans>
        </span>
      }
    >
      {passed === null ? (
        <AgeStep onPassed={setPassed} />
      ) : (
        <AccountStep {...passed} email={email} next={next} />
      )}
    </AuthCard>
  );
}
