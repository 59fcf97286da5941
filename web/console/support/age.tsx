import { Plural } from '@lingui/react/macro';

/** How long something waits, in the largest unit that says it. */
export function Age({ since }: { since: string }) {
  const minutes = Math.max(1, Math.floor((Date.now() - Date.parse(since)) / 60_000));
  if (minutes < 60) return <Plural value={minutes} one="# minute" other="# minutes" />;
  if (minutes < 48 * 60) return <Plural value={Math.floor(minutes / 60)} one="# hour" other="# hours" />;
  return <Plural value={Math.floor(minutes / 1440)} one="# day" other="# days" />;
}
