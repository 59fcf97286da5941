import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { meQuery } from '../../ui/queries.ts';
import { OfflineStrip, SandboxStrip } from '../../ui/strips.tsx';
import { PublicFrame } from './public-frame.tsx';
import classes from './shell.module.css';

const MemberFrame = lazy(async () => ({ default: (await import('./member-frame.tsx')).MemberFrame }));

/** Strips on top, then the frame for a visitor or for a member, with the page in it. */
export function Shell() {
  const me = useQuery(meQuery);
  const page = (
    <Suspense fallback={null}>
      <Outlet />
    </Suspense>
  );
  return (
    <>
      <a href="#main" className={classes.skip}>
        <Trans>Skip to the content</Trans>
      </a>
      <SandboxStrip />
      <OfflineStrip />
      {me.isPending ? null : me.data ? (
        <Suspense fallback={null}>
          <MemberFrame>{page}</MemberFrame>
        </Suspense>
      ) : (
        <PublicFrame>{page}</PublicFrame>
      )}
      <FocusOnArrival />
    </>
  );
}

/** After a change of page the focus goes to its content, as it would with a page from the server. */
function FocusOnArrival() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef(path);
  // The focus is outside React's tree.
  useEffect(() => {
    const arrived = before.current !== undefined && before.current !== path;
    before.current = path;
    if (arrived && !document.activeElement?.closest('main')) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, [path]);
  return null;
}
