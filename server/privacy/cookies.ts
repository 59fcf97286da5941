import type { z } from 'zod';
import type { Cookie } from '#contract/privacy.ts';

/**
 * Every cookie and storage item that our pages leave in a browser (clause 12.1). All are needed for what the person
 * asked for, so there is no banner. A browser test compares this list with what is really there.
 */
export const cookieRegistry: readonly z.infer<typeof Cookie>[] = [
  {
    name: '__Host-mluen.session_token',
    where: 'cookie',
    purpose: 'Keeps you signed in.',
    life: '7 days, renewed while you use it; 30 days at most',
  },
  {
    name: '__Host-mluen.dont_remember',
    where: 'cookie',
    purpose: 'Remembers that you asked to be signed out when the browser closes.',
    life: 'Until the browser closes',
  },
  {
    name: '__Host-mluen.state',
    where: 'cookie',
    purpose: 'Ties a sign-in through Google to this browser, so that nobody can slip in another.',
    life: '10 minutes',
  },
  {
    name: '__Host-mluen.age',
    where: 'cookie',
    purpose: 'Remembers for a day that the age question was answered with too young. Holds no birth date.',
    life: '24 hours',
  },
  {
    name: 'mluen.prefs',
    where: 'localStorage',
    purpose: 'Your settings for language, colours and density.',
    life: 'Until you clear it',
  },
  {
    name: 'mluen.draft',
    where: 'sessionStorage',
    purpose: 'The prompt that you are writing, in case the page reloads.',
    life: 'Until the tab closes or you sign out',
  },
  {
    name: 'tsr-scroll-restoration-v1_3',
    where: 'sessionStorage',
    purpose: 'How far you had scrolled on each page, so that the way back leads to the same place.',
    life: 'Until the tab closes',
  },
];
