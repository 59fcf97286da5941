import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/**
 * From which age a person may open an account, by country. In the EU and EEA the age of digital consent (GDPR 8,
 * as the countries set it), elsewhere as named; the floor is 13.
 */
const AGES: Record<number, string> = {
  13: 'BE EE FI LV MT PT SE IS NO GB US',
  14: 'AT BG CY ES IT LT KR CN',
  15: 'CZ FR GR SI DK',
  16: 'DE HR HU IE LI LU NL PL RO SK',
  18: 'IN KE NG BR ZA BD MM',
};
const ELSEWHERE = 16;

const byCountry = new Map(
  Object.entries(AGES).flatMap(([age, countries]) =>
    countries.split(' ').map((country) => [country, Number(age)]),
  ),
);

/** The age from which a person in this country may open an account. */
export function ageThreshold(country: string): number {
  return byCountry.get(country) ?? ELSEWHERE;
}

/** Full years on the day of `now`, everywhere on earth: a birthday counts from its first moment in UTC−12. */
export function yearsSince(birthDate: string, now: Date): number {
  const today = new Date(now.getTime() - 12 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

const Pass = z.object({ country: z.string(), threshold: z.number(), until: z.number() });
export type AgePass = z.infer<typeof Pass>;

const GOOD_FOR_MS = 30 * 60 * 1000;

/** The pass that lets a sign-up go on: the country and its age, never the birth date (clause 11.1). */
export function issueAgePass(secret: string, country: string, now: Date): string {
  const pass: AgePass = { country, threshold: ageThreshold(country), until: now.getTime() + GOOD_FOR_MS };
  const body = Buffer.from(JSON.stringify(pass)).toString('base64url');
  return `${body}.${sign(secret, body)}`;
}

/** The pass if it is ours and still good; null otherwise. */
export function readAgePass(secret: string, pass: string, now: Date): AgePass | null {
  const [body = '', signature = ''] = pass.split('.');
  const expected = Buffer.from(sign(secret, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parsed = Pass.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  return parsed.until > now.getTime() ? parsed : null;
}

function sign(secret: string, body: string): string {
  return createHmac('sha256', secret).update(`age pass ${body}`).digest('base64url');
}
