import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import classes from './create.module.css';
import { lookQuery } from './generation.ts';

/** How the picture of a run looks so far, where the model shows it while it draws. */
export function Look({ id }: { id: string }) {
  const { t } = useLingui();
  const image = useQuery(lookQuery(id)).data ?? null;
  const address = useAddress(image);
  if (address === null) return null;
  return <img className={classes.look} src={address} alt={t`How it looks so far`} />;
}

/** The page may show no data addresses: the bytes get one of their own, as long as they are looked at. */
function useAddress(image: string | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (image === null) return setAddress(null);
    const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: 'image/webp' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);
  return address;
}
