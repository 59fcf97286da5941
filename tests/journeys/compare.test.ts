import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { faultsOf } from '#tests/support/axe.ts';
import { ask, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt for all of them' });
const columns = (page: Page) => page.getByRole('article');
const runsOf = (page: Page) => new URL(page.url()).searchParams.get('runs')!.split('.');

/** Writes and waits for the price of all; answers the micro-units on the button. */
async function write(page: Page, words: string): Promise<number> {
  const quotes: Promise<{ boundMicro: string }>[] = [];
  const hear = (answer: { url(): string; json(): Promise<unknown> }) => {
    if (new URL(answer.url()).pathname === '/api/quotes')
      quotes.push(answer.json() as Promise<{ boundMicro: string }>);
  };
  page.on('response', hear);
  await prompt(page).fill(words);
  const button = page.getByRole('button', { name: /^(Send|Generate) · / });
  await button.waitFor();
  await expect.poll(() => button.isEnabled(), { timeout: 10_000 }).toBe(true);
  page.off('response', hear);
  const bounds = (await Promise.all(quotes)).map(({ boundMicro }) => Number(boundMicro));
  const shown = Number(/\$([\d.]+)/.exec((await button.textContent()) ?? '')![1]) * 1e6;
  // What is shown is the sum, rounded up to what a button has room for.
  const sum = bounds.reduce((all, bound) => all + bound, 0);
  expect(shown).toBeGreaterThanOrEqual(sum);
  expect(shown).toBeLessThan(sum * 1.01 + 1);
  return bounds.length;
}

/** Until so many columns tell their charge. */
const charged = (page: Page, count: number) =>
  expect
    .poll(
      () =>
        columns(page)
          .getByText(/^Charged \$0\.\d+$/)
          .count(),
      { timeout: 30_000 },
    )
    .toBe(count);

test('one prompt goes to two models at the sum of their prices, and each is charged by itself', {
  timeout: 90_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.member);
  await page.goto('/compare');
  expect(await write(page, 'What do terns and curlews share?')).toBe(2);
  expect(await faultsOf(page)).toEqual([]);
  await prompt(page).press('Control+Enter');
  await charged(page, 2);
  const runs = await Promise.all(runsOf(page).map((id) => ask<Generation>(page, `/api/generations/${id}`)));
  expect(new Set(runs.map(({ modelId }) => modelId)).size).toBe(2);
  for (const run of runs) {
    expect(BigInt(run.chargedMicro)).toBeGreaterThan(0n);
    expect(run.params.messages).toEqual([{ role: 'user', content: 'What do terns and curlews share?' }]);
  }
  expect(await faultsOf(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => columns(page).count(), { timeout: 15_000 }).toBe(2);
  await columns(page).first().getByRole('link', { name: 'Go on with this one' }).click();
  await page.waitForURL(`**/chat/${runs[0]!.id}`);
});

test('a third joins, and nothing of an earlier round is replaced', {
  timeout: 90_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 390, height: 844 } });
  await signIn(page, product.member);
  await page.goto('/compare');
  await page.getByRole('button', { name: 'Add a third' }).click();
  expect(await write(page, 'Name a shore bird.')).toBe(3);
  await page.getByRole('button', { name: /^Send · / }).click();
  await charged(page, 3);
  await page.getByRole('button', { name: 'Leave out the third' }).click();
  expect(await write(page, 'Name another one.')).toBe(2);
  await page.getByRole('button', { name: /^Send · / }).click();
  await expect.poll(() => columns(page).count(), { timeout: 30_000 }).toBe(5);
  await charged(page, 5);
  expect(await faultsOf(page)).toEqual([]);
});

test('pictures are compared too', { timeout: 90_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open();
  await signIn(page, product.member);
  await page.goto('/compare?kind=image');
  await write(page, 'A lighthouse at dusk');
  await page.getByRole('button', { name: /^Generate · / }).click();
  await expect.poll(() => columns(page).getByRole('img').count(), { timeout: 45_000 }).toBe(2);
  const runs = await Promise.all(runsOf(page).map((id) => ask<Generation>(page, `/api/generations/${id}`)));
  expect(runs.map(({ kind }) => kind)).toEqual(['image', 'image']);
});
