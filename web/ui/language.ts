import { i18n, type Messages } from '@lingui/core';
import { readPrefs } from './prefs.ts';

export type Catalogue = () => Promise<{ messages: Messages }>;

export const languages = [
  { code: 'en', name: 'English', pseudo: false },
  { code: 'en-XA', name: '[Éñĝļîšĥ], accented', pseudo: true },
  { code: 'ar-XB', name: '[English], mirrored', pseudo: true },
] as const;

/** `?lang=` first, then what the person chose, then English. */
export function wantedLanguage(search: string): string {
  const asked = new URLSearchParams(search).get('lang') ?? readPrefs().language;
  return languages.some((language) => language.code === asked) ? asked : 'en';
}

export async function activate(language: string, catalogues: Record<string, Catalogue>): Promise<void> {
  const load = catalogues[language] ?? catalogues.en!;
  const { messages } = await load();
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return /^(ar|fa|he|ur)\b/.test(language) ? 'rtl' : 'ltr';
}

/** The locale for Intl: Western digits always, so that sums match bank and mobile-money messages. */
export function intlLocale(): string {
  const language = i18n.locale === 'en-XA' ? 'en' : i18n.locale === 'ar-XB' ? 'ar' : i18n.locale || 'en';
  return `${language}-u-nu-latn`;
}
