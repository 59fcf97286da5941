import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

test('by keyboard alone: sign in, ask, read the answer, find it in the history, open it', {
  timeout: 90_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await page.goto('/');
  await tabTo(page, page.getByRole('link', { name: 'Sign in' }).first());
  await page.keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  await tabTo(page, page.getByLabel('E-mail address'));
  await page.keyboard.type(product.member.email);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(product.member.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/chat');
  await tabTo(page, page.getByLabel('Message'));
  await page.keyboard.type('Say good morning in three languages');
  await page.getByRole('button', { name: /^Send · up to \$\d/ }).waitFor();
  await page.keyboard.press('Enter');
  await page
    .getByRole('log')
    .getByText(/^Charged \$0\.\d+$/)
    .waitFor({ timeout: 30_000 });
  await tabTo(page, page.getByRole('link', { name: 'History' }).first());
  await page.keyboard.press('Enter');
  await page.waitForURL('**/history');
  await tabTo(page, page.getByRole('link', { name: /Say good morning/ }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Charge', exact: true }).waitFor();
  expect(page.url()).toMatch(/\/g\/[0-9a-f-]{36}$/);
});

test('the account’s menu opens by keyboard, and gives the focus back', async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.member);
  const account = page.getByRole('button', { name: /^Account of/ });
  await account.focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(() => isFocused(page.getByRole('menuitem', { name: 'Settings' })), { timeout: 10_000 })
    .toBe(true);
  await page.keyboard.press('ArrowDown');
  expect(await isFocused(page.getByRole('menuitem', { name: 'Privacy' }))).toBe(true);
  await page.keyboard.press('Escape');
  await expect.poll(() => isFocused(account), { timeout: 10_000 }).toBe(true);
});

test('the first stop of a page leads past its menu to the content', async () => {
  const { page } = await stage().open();
  await page.goto('/models');
  await page.getByRole('heading', { level: 1 }).waitFor();
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await page.keyboard.press('Tab');
  expect(await isFocused(skip)).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.locator('main :focus').count()).toBe(1);
});

/** Presses Tab until the focus is there; each stop on the way must be seen to have it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops < 80; stops++) {
    await page.keyboard.press('Tab');
    expect(await focusIsSeen(page)).toBe('');
    if (await isFocused(target)) return;
  }
  throw new Error(`Tab does not reach ${target}`);
}

const isFocused = (target: Locator) =>
  target.evaluate((element) => (element as unknown as { matches(of: string): boolean }).matches(':focus'));

/** Empty when the thing with the focus, or what stands around it, looks otherwise than without; else what it is. */
async function focusIsSeen(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return '';
    const around = [element];
    while (around.length < 8 && around.at(-1).parentElement) around.push(around.at(-1).parentElement);
    const looks = () => around.map((one) => {
      const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
      return [outline, boxShadow, borderColor, backgroundColor].join();
    }).join();
    // A ring may fade in and out: what counts is what it comes to.
    const settle = () => {
      for (const fading of document.getAnimations()) if (fading instanceof CSSTransition) fading.finish();
    };
    settle();
    const focused = looks();
    element.blur();
    settle();
    const blurred = looks();
    element.focus({ preventScroll: true });
    return focused === blurred ? 'no focus to be seen: ' + element.outerHTML.slice(0, 200) : '';
  })()`);
}
