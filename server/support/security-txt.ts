const DAY_MS = 86_400_000;
/** RFC 9116 asks for less than a year; a file that goes stale is worse than none. */
const GOOD_DAYS = 180;

export interface SecurityContact {
  /** `mailto:` or `https:`; without it the contact page. */
  contact: string | undefined;
  policy: string | undefined;
  publicUrl: string;
}

/** `/.well-known/security.txt` as RFC 9116 has it: where to report a weakness, and until when that is true. */
export function securityTxt({ contact, policy, publicUrl }: SecurityContact, now: Date): string {
  const page = `${publicUrl}/contact?topic=security`;
  const expires = new Date(Math.floor((now.getTime() + GOOD_DAYS * DAY_MS) / DAY_MS) * DAY_MS);
  return `${[
    ...(contact === undefined ? [] : [`Contact: ${contact}`]),
    `Contact: ${page}`,
    `Expires: ${expires.toISOString().replace('.000Z', 'Z')}`,
    'Preferred-Languages: en',
    `Canonical: ${publicUrl}/.well-known/security.txt`,
    ...(policy === undefined ? [] : [`Policy: ${policy}`]),
  ].join('\n')}\n`;
}
