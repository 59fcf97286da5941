import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { faultsOf } from '#tests/support/axe.ts';
import { ask, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

const message = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const log = (page: Page) => page.getByRole('log');
const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!;

/** Sends what stands in the composer at the price on its button, and waits for the answer; answers its id. */
async function send(page: Page): Promise<string> {
  const before = page.url();
  await page.getByRole('button', { name: /^Send · up to \$\d/ }).click();
  await page.waitForURL((url) => url.href !== before && /\/chat\/[0-9a-f-]{36}$/.test(url.pathname));
  await log(page)
    .getByText(/^Charged \$0\.\d+$/)
    .waitFor({ timeout: 30_000 });
  return idOf(page);
}

async function say(page: Page, words: string): Promise<string> {
  await message(page).fill(words);
  return send(page);
}

const questions = (page: Page) => log(page).locator('[dir=auto]', { hasText: /^Q\d/ }).allTextContents();
const edit = (page: Page, nth: number) => page.getByRole('button', { name: 'Edit this question' }).nth(nth);

test('an earlier question is asked in other words, and both ways of the conversation stay', {
  timeout: 120_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.member);
  const first = await say(page, 'Q1 of herons');
  const second = await say(page, 'Q2 of their nests');
  expect(await questions(page)).toEqual(['Q1 of herons', 'Q2 of their nests']);
  await edit(page, 0).press('Enter');
  await expect.poll(() => message(page).inputValue(), { timeout: 10_000 }).toBe('Q1 of herons');
  await page.getByText('Another version of this question.', { exact: false }).waitFor();
  // Escape leaves it as it was.
  await message(page).press('Escape');
  await page.getByText('Another version of this question.', { exact: false }).waitFor({ state: 'detached' });
  expect(await message(page).inputValue()).toBe('');
  await edit(page, 0).press('Enter');
  const other = await say(page, 'Q1 of curlews');
  expect(await questions(page)).toEqual(['Q1 of curlews']);
  const run = await ask<Generation>(page, `/api/generations/${other}`);
  expect(run.params.messages).toEqual([{ role: 'user', content: 'Q1 of curlews' }]);
  expect(BigInt(run.chargedMicro)).toBeGreaterThan(0n);
  await page.getByText('Version 2 of 2').waitFor({ state: 'attached' });
  expect(await faultsOf(page)).toEqual([]);
  const earlier = page.getByRole('button', { name: 'Earlier version' });
  await earlier.press('Enter');
  await page.waitForURL(`**/chat/${second}`);
  await page.getByText('Version 1 of 2').waitFor({ state: 'attached' });
  expect(await questions(page)).toEqual(['Q1 of herons', 'Q2 of their nests']);
  // The focus stayed on the way.
  expect(
    await earlier.evaluate((element) =>
      (element as { matches?: (of: string) => boolean }).matches?.(':focus'),
    ),
  ).toBe(true);
  await page.reload();
  await page.getByRole('button', { name: 'Later version' }).click();
  await page.waitForURL(`**/chat/${other}`);
  const history = await ask<{ items: { id: string }[] }>(page, '/api/generations');
  expect(history.items.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second, other]));
});

test('an answer is asked for again at its price, and the one before is a step away', {
  timeout: 120_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 390, height: 844 } });
  await signIn(page, product.member);
  await say(page, 'Q1 of terns');
  const second = await say(page, 'Q2 of their ways');
  await page.getByRole('button', { name: 'Answer again' }).click();
  await page.getByText('Another answer to this question.', { exact: false }).waitFor();
  const again = await send(page);
  expect(again).not.toBe(second);
  expect(await questions(page)).toEqual(['Q1 of terns', 'Q2 of their ways']);
  await page.getByText('Version 2 of 2').waitFor({ state: 'attached' });
  await say(page, 'Q3 goes on');
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await page.waitForURL(`**/chat/${second}`);
  expect(await questions(page)).toEqual(['Q1 of terns', 'Q2 of their ways']);
  // Another branch leads to its end.
  await page.getByRole('button', { name: 'Later version' }).click();
  await expect
    .poll(() => questions(page), { timeout: 10_000 })
    .toEqual(['Q1 of terns', 'Q2 of their ways', 'Q3 goes on']);
  const { items } = await ask<{ items: { id: string; parentId: string | null }[] }>(
    page,
    `/api/generations/${second}/thread`,
  );
  expect(items).toHaveLength(4);
});
