/** The host of a link that may be followed, or the address of a mail; null for everything else. */
export function hostOf(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const { protocol, host, pathname } = new URL(href);
  if (protocol === 'https:') return host;
  return protocol === 'mailto:' ? pathname : null;
}
