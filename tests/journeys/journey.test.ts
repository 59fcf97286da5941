import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { ask, mailedCode, type Stage, testStage } from '#tests/support/browser.ts';
import { unzipped } from '#tests/support/zip.ts';

const stage = testStage();
const password = 'a long enough password';

const widths = [
  { name: 'a wide screen', viewport: { width: 1440, height: 900 } },
  { name: 'a phone', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

for (const { name, ...options } of widths) {
  test(`on ${name}, a new person signs up, pays, makes things, finds them and takes them along`, {
    timeout: 120_000,
  }, async () => {
    const { page } = await stage().open({ ...options, acceptDownloads: true });
    await signUp(page, stage(), `${name.replaceAll(' ', '-')}@example.com`);
    await topUp(page);
    const answer = await talk(page);
    const picture = await draw(page);
    const charged = BigInt(answer.chargedMicro) + BigInt(picture.chargedMicro);
    const wallet = await ask<Wallet>(page, '/api/wallet');
    expect(wallet.heldMicro).toBe('0');
    expect(BigInt(wallet.availableMicro)).toBe(10_000_000n - charged);
    await findAgain(page, picture);
    await takeAlong(page);
    await changeOfMind(page);
  });
}

interface Wallet {
  availableMicro: string;
  heldMicro: string;
}
type Wire = Pick<Generation, 'id' | 'state' | 'text'> & { chargedMicro: string; releasedMicro: string };

async function signUp(page: Page, { product }: Stage, email: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: 'Sign in' }).first().click();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Country you live in').selectOption('DE');
  await page.getByLabel('Date of birth').fill('1990-05-17');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByLabel('Your name').fill('Amina');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('checkbox', { name: 'I accept the terms' }).check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByLabel('Digit 1 of 6').click();
  await page.keyboard.type(await mailedCode(product, email));
  await page.waitForURL('**/chat');
  expect((await ask<Wallet>(page, '/api/wallet')).availableMicro).toBe('0');
}

/** Ten dollars, on the page of the card processor. */
async function topUp(page: Page): Promise<void> {
  await page.goto('/wallet');
  await page.getByRole('link', { name: 'Add money' }).first().click();
  await page.getByRole('radio', { name: /^\$10\b/ }).click();
  await page.getByRole('button', { name: 'Pay $10.00 by card' }).click();
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByText('$10.00 is in your wallet.').waitFor();
  expect(await ask(page, '/api/wallet')).toMatchObject({ availableMicro: '10000000', heldMicro: '0' });
  await page.getByRole('link', { name: 'See the wallet' }).click();
  await page.getByRole('link', { name: 'Wallet: $10.00 available' }).waitFor();
}

/** A slow answer: it streams as Markdown, goes on after a reload, and is stopped. */
async function talk(page: Page): Promise<Wire> {
  await page.goto('/chat?model=openai/gpt-5.4-mini');
  await page.getByLabel('Message').fill('Tell me of the sea, with headings and lists. [sandbox:slow]');
  const send = page.getByRole('button', { name: /^Send · up to \$\d/ });
  await send.click();
  await firstTime(page, 'OpenAI');
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  const answer = page.getByRole('log').locator('[data-newest]');
  await answer.getByText('held, not charged').waitFor();
  await answer.locator('p').first().waitFor();
  const before = await answer.textContent();
  expect(before).not.toContain('Charged');
  await page.reload();
  const words = () =>
    answer
      .locator('p, li, h1, h2, h3, h4, td')
      .allInnerTexts()
      .then((all) => all.join(' ').length);
  await answer.locator('p').first().waitFor();
  const soFar = await words();
  await expect.poll(words, { timeout: 10_000 }).toBeGreaterThan(soFar);
  await page.getByRole('button', { name: 'Stop and pay only what is written' }).click();
  await answer.getByText(/^Charged \$0\.\d+$/).waitFor();
  const run = await ask<Wire>(page, `/api/generations/${page.url().split('/').at(-1)}`);
  expect(run.state).toBe('cancelled');
  expect(BigInt(run.chargedMicro)).toBeGreaterThan(0n);
  expect(BigInt(run.releasedMicro)).toBeGreaterThan(0n);
  return run;
}

/** Who a provider is, asked once (clause 5.3). */
async function firstTime(page: Page, provider: string): Promise<void> {
  const told = page.getByRole('region', { name: `First time with ${provider}` });
  await told.getByRole('link', { name: 'Terms' }).waitFor();
  await told.getByRole('button', { name: `Go on with ${provider}` }).click();
}

async function draw(page: Page): Promise<Wire> {
  await page.goto('/image');
  await page.getByLabel('Prompt', { exact: true }).fill('A red boat on a quiet sea');
  await page.getByRole('button', { name: /^Generate · (up to )?\$\d/ }).click();
  const card = page.getByRole('article').filter({ hasText: 'A red boat on a quiet sea' });
  const picture = card.getByRole('img', { name: 'A red boat on a quiet sea' });
  await picture.waitFor({ timeout: 30_000 });
  await expect
    .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
    .toBeGreaterThan(0);
  await card.getByText(/^Charged \$0\.\d+$/).waitFor();
  const { items } = await ask<{ items: Wire[] }>(page, '/api/generations?kind=image&limit=1');
  return items[0]!;
}

async function findAgain(page: Page, picture: Wire): Promise<void> {
  await page.goto('/history');
  await page.getByRole('link', { name: /Tell me of the sea/ }).waitFor();
  await page.getByRole('link', { name: /A red boat/ }).click();
  await page.waitForURL(`**/g/${picture.id}`);
  const charge = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Charge', exact: true }) });
  await charge.getByText('Held at the start').waitFor();
  // The title of a sum is the exact one.
  const exact = `${(Number(picture.chargedMicro) / 1e6).toFixed(6)} USD`;
  await charge
    .locator('dl > div', { hasText: /^Charged/ })
    .getByTitle(exact, { exact: true })
    .waitFor();
  await page.getByRole('link', { name: 'Use again' }).click();
  await page.waitForURL('**/image?from=*');
  expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe('A red boat on a quiet sea');
  await page.getByRole('button', { name: /^Generate · (up to )?\$\d/ }).click();
  await expect
    .poll(
      async () =>
        (await ask<{ items: Wire[] }>(page, '/api/generations?kind=image')).items.map(({ state }) => state),
      {
        timeout: 30_000,
      },
    )
    .toEqual(['settled', 'settled']);
}

async function takeAlong(page: Page): Promise<void> {
  await page.goto('/settings/privacy');
  await page.getByRole('button', { name: 'Pack my data' }).click();
  const ready = page.getByRole('button', { name: 'Download' });
  await ready.waitFor({ timeout: 30_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), ready.click()]);
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  const paths = [...unzipped(await readFile(await download.path())).keys()];
  expect(paths.filter((path) => /^files\/[0-9a-f]{8}-/.test(path))).toHaveLength(2);
  expect(paths).toContain('generations/generation.json');
}

async function changeOfMind(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'See what would be erased' }).click();
  await page.getByLabel('Your password', { exact: true }).fill(password);
  await page.getByRole('checkbox', { name: /I want my account/ }).check();
  await page.getByRole('button', { name: 'Close my account' }).click();
  const keep = page.getByRole('button', { name: 'Keep my account' });
  await keep.waitFor();
  expect(await ask(page, '/api/me')).not.toMatchObject({ erasureAt: null });
  await keep.click();
  await keep.waitFor({ state: 'detached' });
  expect(await ask(page, '/api/me')).toMatchObject({ erasureAt: null });
}
