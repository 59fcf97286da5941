import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

/** English is written in the sources. The pseudo-locales are made from it when a catalogue is compiled. */
export default defineConfig({
  rootDir: import.meta.dirname,
  sourceLocale: 'en',
  locales: ['en', 'en-XA', 'ar-XB'],
  fallbackLocales: { default: 'en' },
  pseudoLocale: [
    { locale: 'en-XA', prepend: '[', append: ']', extend: 0.4, extendCharacter: '·' },
    { locale: 'ar-XB', prepend: '[', append: ']' },
  ],
  // Members never download the words of the console.
  catalogs: [
    { path: '<rootDir>/locales/studio/{locale}', include: ['<rootDir>/studio', '<rootDir>/ui'] },
    { path: '<rootDir>/locales/console/{locale}', include: ['<rootDir>/console', '<rootDir>/ui'] },
  ],
  format: formatter({ origins: false }),
});
