import { z } from 'zod';

/** How the person likes the product to look. The only thing we keep on the device between visits. */
export const Prefs = z.object({
  theme: z.enum(['auto', 'light', 'dark']).catch('auto'),
  language: z.string().max(20).catch('en'),
  density: z.enum(['comfortable', 'compact']).catch('comfortable'),
});
export type Prefs = z.infer<typeof Prefs>;

const KEY = 'mluen.prefs';

export function readPrefs(): Prefs {
  try {
    return Prefs.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    // Closed or foreign storage: the defaults.
    return Prefs.parse({});
  }
}

export function writePrefs(change: Partial<Prefs>): Prefs {
  const prefs = { ...readPrefs(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // Storage is closed to us: the choice holds until the page is left.
  }
  return prefs;
}
