import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faultsOf } from '#tests/support/axe.ts';
import { made, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

const words = (page: Page) => page.getByRole('combobox', { name: 'Page, model or what you made' });
const options = (page: Page) => page.getByRole('dialog').getByRole('option');
const chosen = (page: Page) => page.getByRole('dialog').getByRole('option', { selected: true });
const focused = (page: Page) => page.evaluate(`document.activeElement.getAttribute('role')`);

/** Opened by its keys, as from anywhere. */
async function find(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Find or go to' }).waitFor();
  await page.keyboard.press('Control+k');
  await words(page).waitFor();
  await expect.poll(() => focused(page), { timeout: 10_000 }).toBe('combobox');
  await page.keyboard.type(text);
}

test('by keyboard alone it leads to pages and models, begins a chat and switches the colours', {
  timeout: 60_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.member);
  await find(page, 'statem');
  expect(await chosen(page).textContent()).toContain('Statement');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/wallet/statement');
  await find(page, 'klein');
  const first = await chosen(page).textContent();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => chosen(page).textContent(), { timeout: 10_000 }).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  expect(await chosen(page).textContent()).toBe(first);
  // The option that is chosen is named to a screen reader; the focus stays in the words.
  const named = await words(page).getAttribute('aria-activedescendant');
  expect(await chosen(page).getAttribute('id')).toBe(named);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/image\?model=/);
  await find(page, 'dark');
  await page.keyboard.press('Enter');
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await find(page, 'new chat');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/chat');
});

test('it finds what was made, whatever stands between the words, and says when there is nothing', {
  timeout: 60_000,
}, async () => {
  const { product, open, asked } = stage();
  const { page } = await open();
  await signIn(page, product.member);
  const text = (content: string) => ({
    modelId: 'openai/gpt-6-luna',
    params: { messages: [{ role: 'user', content }] },
  });
  const id = await made(page, text('Where do the Curlews winter?'));
  await made(page, text('What do herons eat?'));
  await find(page, 'winter curlew');
  await options(page)
    .filter({ hasText: /Where do the Curlews winter/ })
    .waitFor();
  await expect.poll(() => options(page).count(), { timeout: 10_000 }).toBe(1);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/chat/${id}`);
  // What one looks for stands in no address.
  expect(asked.filter(({ href }) => /curlew/i.test(href))).toEqual([]);
  await find(page, 'no such thing at all');
  await page.getByRole('status').filter({ hasText: 'Nothing by these words' }).waitFor();
  await page.keyboard.press('Enter');
  await words(page).waitFor();
});

test('the focus stays in it and goes back where it was; nothing serious is found in it', {
  timeout: 60_000,
}, async () => {
  const { product, open } = stage();
  for (const [width, lang] of [
    [1440, 'en'],
    [390, 'ar-XB'],
  ] as const) {
    const { page } = await open({ viewport: { width, height: 844 } });
    await signIn(page, product.member);
    await page.goto(`/history?lang=${lang}`);
    const button = page.locator('[aria-keyshortcuts]');
    await button.click();
    const box = page.locator('[role=combobox][aria-controls]');
    await box.waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      expect(await faultsOf(page), `${width} ${colorScheme}`).toEqual([]);
    }
    for (const key of ['Tab', 'Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      expect(await page.locator('[role=dialog] :focus').count()).toBe(1);
    }
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate(`document.activeElement.hasAttribute('aria-keyshortcuts')`), {
        timeout: 10_000,
      })
      .toBe(true);
  }
});
