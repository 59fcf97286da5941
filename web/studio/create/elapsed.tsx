import { useEffect, useState } from 'react';

/** How long it has been running, as 0:42. Starts at the moment given, not at the moment of opening the page. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  // The clock is outside React.
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <bdi dir="ltr" className="tabular">
      {clockText(now - Date.parse(since))}
    </bdi>
  );
}

export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
