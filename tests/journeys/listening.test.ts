import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { faultsOf } from '#tests/support/axe.ts';
import { ask, signIn, testStage } from '#tests/support/browser.ts';
import { misbehave } from '#tests/support/routes.ts';

const stage = testStage();
const WORDS = 'The tide comes in at noon, and the boats go out with it until the lamps are lit. '
  .repeat(4)
  .trim();

/** Starts speech that takes its time, and answers its id once some of it may be heard. */
async function speak(page: Page, words: string): Promise<string> {
  const { product } = stage();
  await misbehave(product.simulators.openai!, { chunkMs: 500 });
  await page.goto('/speech?model=openai/gpt-4o-mini-tts');
  await page.getByLabel('Prompt', { exact: true }).fill(words);
  const started = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/api/generations');
  await page.getByRole('button', { name: /^Generate · / }).click();
  const { id } = (await (await started).json()) as { id: string };
  await page.getByRole('button', { name: 'Listen while it is made' }).waitFor();
  return id;
}

/** What the player has and does. */
const playing = (page: Page) =>
  page.evaluate(`(() => {
    const player = document.querySelector('article[aria-busy=true] audio');
    return player === null ? null : { at: player.currentTime, there: player.buffered.length && player.buffered.end(0) };
  })()`) as Promise<{ at: number; there: number } | null>;

const whole = (page: Page, id: string) =>
  expect
    .poll(() => ask<Generation>(page, `/api/generations/${id}`), { timeout: 30_000 })
    .toMatchObject({ state: 'settled', outputs: [{ kind: 'audio' }] });

test('speech plays while it is made, and is kept and charged as any other', { timeout: 60_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 390, height: 844 } });
  await signIn(page, product.member);
  const id = await speak(page, WORDS);
  await page.getByRole('button', { name: 'Listen while it is made' }).press('Enter');
  // It plays, and more comes, while the run is not over.
  await expect.poll(async () => (await playing(page))?.at ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
  const { there } = (await playing(page))!;
  await expect
    .poll(async () => (await playing(page))?.there ?? 0, { timeout: 10_000 })
    .toBeGreaterThan(there);
  await page.getByRole('button', { name: 'Stop listening' }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await whole(page, id);
  const run = await ask<Generation>(page, `/api/generations/${id}`);
  expect(BigInt(run.chargedMicro)).toBeGreaterThan(0n);
  const card = page.locator('article', { hasText: WORDS });
  await card.getByRole('link', { name: 'Download' }).waitFor();
  // One player, the one that was heard.
  expect(await card.locator('audio').count()).toBe(1);
  await page.goto('/history');
  await page.getByRole('link', { name: /The tide comes in/ }).waitFor();
});

test('who stops listening has it whole later; who reloads finds it whole', { timeout: 60_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.member);
  const words = `Twice told. ${WORDS}`;
  const id = await speak(page, words);
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Listen while it is made' }).click();
  await expect.poll(async () => (await playing(page))?.at ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Stop listening' }).click();
  expect(await playing(page)).toBeNull();
  // It may be heard again, from its beginning.
  await page.getByRole('button', { name: 'Listen while it is made' }).waitFor();
  await page.reload();
  await whole(page, id);
  const card = page.locator('article', { hasText: words });
  await card.getByRole('link', { name: 'Download' }).waitFor();
  expect(await card.locator('audio').getAttribute('src')).toBe(`/api/generations/${id}/outputs/0`);
});

test('what nobody heard is cancelled for nothing', { timeout: 60_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open();
  await signIn(page, product.member);
  const id = await speak(page, `Never heard. ${WORDS}`);
  await page.getByRole('button', { name: /^Cancel and release/ }).click();
  await expect
    .poll(() => ask<Generation>(page, `/api/generations/${id}`), { timeout: 20_000 })
    .toMatchObject({ state: 'cancelled', chargedMicro: '0' });
});

test('what nobody makes, and what is another person’s, has no sound', async () => {
  const { product, open } = stage();
  const { page } = await open();
  await signIn(page, product.member);
  stage().refusedOnPurpose.add('/api/generations/0197a3b2-0000-7000-8000-000000000000/sound');
  const status = await page.evaluate(
    async (url) => (await fetch(url)).status,
    '/api/generations/0197a3b2-0000-7000-8000-000000000000/sound',
  );
  expect(status).toBe(404);
});
