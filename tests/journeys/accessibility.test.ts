import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  arrive,
  made,
  memberPages,
  publicPages,
  signIn,
  staffPages,
  testStage,
} from '#tests/support/browser.ts';

const stage = testStage();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('anyone’s pages have no serious fault for people with assistive technology, light and dark', {
  timeout: 120_000,
}, async () => {
  const { page } = await stage().open(wide);
  expect(await faultsOf(page, publicPages, ['light', 'dark'])).toEqual([]);
});

test('a member’s pages have none either, with runs to be seen, light on a screen and dark on a phone', {
  timeout: 120_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.member);
  const pages = [...memberPages, ...(await twoRuns(page))];
  expect(await faultsOf(page, pages, ['light'])).toEqual([]);
  await page.setViewportSize(phone.viewport);
  expect(await faultsOf(page, pages, ['dark'])).toEqual([]);
});

test('the console has none either', { timeout: 120_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.staff);
  expect(await faultsOf(page, staffPages, ['light', 'dark'])).toEqual([]);
});

test('mirrored for Arabic there is none, and the pages do run from right to left', {
  timeout: 120_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  expect(await faultsOf(page, publicPages.map(mirrored), ['light'])).toEqual([]);
  await signIn(page, product.member);
  expect(await faultsOf(page, memberPages.map(mirrored), ['light'])).toEqual([]);
  expect(await page.evaluate('document.documentElement.dir')).toBe('rtl');
});

test('no page scrolls sideways at 390 px or 320 px', { timeout: 120_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open(phone);
  const found = await tooWide(page, publicPages);
  await signIn(page, product.member);
  found.push(...(await tooWide(page, [...memberPages, ...(await twoRuns(page))])));
  await page.context().clearCookies();
  await signIn(page, product.staff);
  found.push(...(await tooWide(page, staffPages)));
  expect(found).toEqual([]);
});

const mirrored = (path: string) => `${path}?lang=ar-XB`;

/** A text and a picture, made as the page would ask for them; answers the addresses that show them. */
async function twoRuns(page: Page): Promise<string[]> {
  const text = {
    modelId: 'openai/gpt-5.4-mini',
    params: { messages: [{ role: 'user', content: 'A **word**' }] },
  };
  const picture = { modelId: 'flux/flux-2-klein-4b', params: { prompt: 'A lighthouse' } };
  const [said, drawn] = [await made(page, text), await made(page, picture)];
  return [`/chat/${said}`, `/g/${said}`, `/g/${drawn}`];
}

type Scheme = 'light' | 'dark';

async function faultsOf(page: Page, paths: string[], schemes: Scheme[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await arrive(page, path);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      found.push(...(await lasting(page)).map((fault) => `${path} ${colorScheme}: ${fault}`));
    }
  }
  return found;
}

/** Colours that are on their way from one scheme to the other are no page's colours. What moves for ever is let be. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(`new Promise(requestAnimationFrame).then(() => Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
    .map(({ finished }) => finished)))`);
}

/** Faults that stay: between two schemes a page may have colours of both for a moment. */
async function lasting(page: Page): Promise<string[]> {
  let faults: string[] = [];
  for (let look = 0; look < 3; look++) {
    await stillness(page);
    faults = await serious(page);
    if (faults.length === 0) break;
  }
  return faults;
}

/** What axe calls serious or critical on the page as it stands, with the first place of each. */
async function serious(page: Page): Promise<string[]> {
  // By the debugger, not by a script element: the pages' own policy allows no foreign script.
  await page.evaluate(`window.axe === undefined ? (0, eval)(${JSON.stringify(axe)}) : null`);
  return page.evaluate<string[]>(`axe
    .run(document, { resultTypes: ['violations'] })
    .then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ' at ' + nodes.map(({ target, any }) => target.join(' ') + ' ' + (any[0]?.message ?? '')).slice(0, 3).join('; ')))`);
}

async function tooWide(page: Page, paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await arrive(page, path);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      const needs = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (needs > width) found.push(`${path} needs ${needs} px of ${width}`);
    }
  }
  return found;
}
