import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  arrive,
  ask,
  made,
  memberPages,
  publicPages,
  signIn,
  staffPages,
  testStage,
} from '#tests/support/browser.ts';

const stage = testStage();

interface Registered {
  name: string;
  where: 'cookie' | 'localStorage' | 'sessionStorage';
}
type Kept = Record<Registered['where'], string[]>;

test('12.1 12.2 5.8 no page keeps more in a browser than the cookie page lists, or asks a host of others', {
  timeout: 120_000,
}, async () => {
  const { product, open, asked } = stage();
  const { page, context } = await open();
  await arrive(page, '/');
  const { items } = await ask<{ items: Registered[] }>(page, '/api/cookies');
  await visit(page, publicPages);
  const ofVisitor = await kept(page, context);
  expect(ofVisitor).toMatchObject({ cookie: [], localStorage: [] });
  expect(notIn(ofVisitor, items)).toEqual([]);

  await signIn(page, product.member);
  await page.getByLabel('Message').fill('A draft that a reload must not lose');
  await made(page, {
    modelId: 'openai/gpt-5.4-mini',
    params: { messages: [{ role: 'user', content: 'Hello' }] },
  });
  await visit(page, memberPages);
  await page.getByRole('radio', { name: 'Dark' }).check();
  const found = await kept(page, context);
  expect(notIn(found, items)).toEqual([]);
  expect(found.cookie).toEqual(['__Host-mluen.session_token']);
  expect(found.localStorage).toEqual(['mluen.prefs']);
  expect(found.sessionStorage).toContain('mluen.draft.chat');

  await context.clearCookies();
  await signIn(page, product.staff);
  await visit(page, staffPages);
  expect(notIn(await kept(page, context), items)).toEqual([]);

  expect(asked.length).toBeGreaterThan(100);
  expect([...new Set(asked.map(({ origin }) => origin))]).toEqual([new URL(product.url).origin]);
});

test('12.3 who clears the cookies is signed out, and nothing else breaks', async () => {
  const { product, open } = stage();
  const { page, context } = await open();
  await signIn(page, product.member);
  await context.clearCookies();
  await page.goto('/wallet');
  await page.waitForURL('**/sign-in?next=*');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await arrive(page, '/models');
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  await signIn(page, product.member);
  await page.getByRole('link', { name: /^Wallet: \$/ }).waitFor();
});

async function visit(page: Page, paths: string[]): Promise<void> {
  for (const path of paths) await arrive(page, path);
}

/** The names of all that is in the browser now. */
async function kept(page: Page, context: BrowserContext): Promise<Kept> {
  const names = (storage: string) => page.evaluate<string[]>(`Object.keys(${storage}).toSorted()`);
  const cookies = await context.cookies();
  return {
    cookie: cookies.map(({ name }) => name).toSorted(),
    localStorage: await names('localStorage'),
    sessionStorage: await names('sessionStorage'),
  };
}

/** What no entry names, by its whole name or up to a point. */
const notIn = (found: Kept, registered: Registered[]) =>
  (['cookie', 'localStorage', 'sessionStorage'] as const).flatMap((where) =>
    found[where].filter(
      (item) =>
        !registered.some(({ where: its, name }) => its === where && `${item}.`.startsWith(`${name}.`)),
    ),
  );
