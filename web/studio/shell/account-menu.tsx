import { lazy, Suspense, useState } from 'react';
import { useMe } from '../../ui/queries.ts';
import { Avatar } from './avatar.tsx';

const load = () => import('./open-account-menu.tsx');
const OpenAccountMenu = lazy(async () => ({ default: (await load()).OpenAccountMenu }));

/** The person: a button, and its menu once it is asked for; what floats above a page is a fifth of its weight. */
export function AccountMenu() {
  const me = useMe();
  const [isAsked, setAsked] = useState(false);
  if (me === null) return null;
  const button = (
    <Avatar
      me={me}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
    />
  );
  if (!isAsked) return button;
  return (
    <Suspense fallback={button}>
      <OpenAccountMenu me={me} />
    </Suspense>
  );
}
