import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';
import { readPrefs, writePrefs } from './prefs.ts';

/** Keeps Mantine's colour scheme in `mluen.prefs`; first-paint.js reads the same item. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: () => readPrefs().theme,
  set: (theme: MantineColorScheme) => void writePrefs({ theme }),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => void writePrefs({ theme: 'auto' }),
};
