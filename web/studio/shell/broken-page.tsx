import { useLingui } from '@lingui/react/macro';
import { useRouter } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';

/** A page that could not be shown: says that nothing was charged, and tries again on request. */
export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useLingui();
  const router = useRouter();
  return (
    <Page title={t`This page did not load`} width="text">
      <ProblemAlert
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Page>
  );
}
