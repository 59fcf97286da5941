import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { arrive, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

/** The most that a page may fetch of scripts, as it goes over the wire, in kB. */
const ANYONE = 165;
const SIGN_IN = 180;
const LISTS = 190;
/** With its parameters, which come after the composer. */
const STUDIO = 244;
const CONSOLE = 300;

test('no page fetches more JavaScript than its budget, and the list of models is small', {
  timeout: 90_000,
}, async () => {
  const { product, open } = stage();
  const found: string[] = [];
  async function weigh(person: { email: string; password: string } | null, pages: [string, number][]) {
    for (const [path, budget] of pages) {
      // A browser of its own, so that nothing comes from its cache.
      const { page, context } = await open();
      if (person !== null) await signIn(page, person);
      const kilobytes = await scriptsOf(await anew(page), path);
      if (kilobytes > budget) found.push(`${path} fetches ${kilobytes} kB of ${budget}`);
      await context.close();
    }
  }
  await weigh(null, [
    ['/', ANYONE],
    ['/models', ANYONE],
    ['/pricing', ANYONE],
    ['/sign-in', SIGN_IN],
  ]);
  await weigh(product.member, [
    ['/history', LISTS],
    ['/wallet', LISTS],
    ['/chat', STUDIO],
    ['/image', STUDIO],
  ]);
  await weigh(product.staff, [['/console/catalogue', CONSOLE]]);
  expect(found).toEqual([]);
  const list = await fetch(`${product.url}/api/models`, { headers: { 'accept-encoding': 'br' } });
  expect(Number(list.headers.get('content-length'))).toBeLessThan(60_000);
});

/** The same person, with an empty cache and nothing under way. */
async function anew(page: Page): Promise<Page> {
  await page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  return page;
}

async function scriptsOf(page: Page, path: string): Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (/\/assets\/.*\.js$/.test(request.url()))
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await arrive(page, path);
  await page.waitForLoadState('networkidle');
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return Math.round(bytes / 1000);
}
