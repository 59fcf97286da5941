import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultsOf } from '#server/ledger/statement-faults.ts';
import { signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

test('a statement is chosen by keyboard and saved as a file that proves itself', {
  timeout: 60_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 390, height: 844 }, acceptDownloads: true });
  await signIn(page, product.member);
  await page.goto('/wallet');
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByRole('radio', { name: /^Last month/ }).focus();
  await page.keyboard.press('ArrowLeft');
  expect(await page.getByRole('radio', { name: /^This month/ }).isChecked()).toBe(true);
  await page.getByRole('radio', { name: 'PDF' }).focus();
  await page.keyboard.press('ArrowUp');
  await page.getByRole('heading', { name: 'How to check it' }).waitFor();
  await page.keyboard.press('Tab');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(saved.suggestedFilename()).toMatch(/^mluen-statement-\d{4}-\d{2}-01-to-\d{4}-\d{2}-\d{2}\.json$/);
  const json = readFileSync(await saved.path(), 'utf8');
  expect(faultsOf(json)).toEqual([]);
  expect(JSON.parse(json).statement.lines.map(({ code }: { code: string }) => code)).toContain('top_up');
});

test('other days need a first and a last, in this order', async () => {
  const { product, open } = stage();
  const { page } = await open();
  await signIn(page, product.member);
  await page.goto('/wallet/statement');
  await page.getByRole('radio', { name: /^Other days/ }).click();
  const button = page.getByRole('button', { name: 'Download PDF' });
  expect(await button.isDisabled()).toBe(true);
  await page.getByLabel('First day').fill('2026-02-02');
  await page.getByLabel('Last day').fill('2026-02-01');
  expect(await button.isDisabled()).toBe(true);
  await page.getByLabel('Last day').fill('2026-02-02');
  expect(await button.isEnabled()).toBe(true);
});
