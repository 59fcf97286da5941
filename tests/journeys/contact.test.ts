import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { arrive, signIn, testStage } from '#tests/support/browser.ts';
import { theStaff } from '#tests/support/product.ts';

const stage = testStage();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wide = { viewport: { width: 1440, height: 900 } };
/** Where pictures go when somebody wants to look at the pages. */
const album = process.env.MLUEN_ALBUM;

/** Light and dark, on a phone and on a screen: nothing serious for axe, nothing that scrolls sideways. */
async function looksGood(page: Page, name: string): Promise<void> {
  const found: string[] = [];
  for (const width of [390, 1440])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      await page.evaluate(`new Promise(requestAnimationFrame).then(() => Promise.allSettled(document.getAnimations()
        .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime)).map(({ finished }) => finished)))`);
      if (album !== undefined)
        await page.screenshot({ path: `${album}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      const needs = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (needs > width) found.push(`${name} needs ${needs} px of ${width}`);
      await page.evaluate(`window.axe === undefined ? (0, eval)(${JSON.stringify(axe)}) : null`);
      const faults = await page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] })
        .then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ' at ' + nodes.map(({ target }) => target.join(' ')).slice(0, 3).join('; ')))`);
      found.push(...faults.map((fault) => `${name} ${width} ${colorScheme}: ${fault}`));
    }
  await page.setViewportSize(wide.viewport);
  expect(found).toEqual([]);
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The link to a conversation that was mailed to the address, without the host. */
async function mailedThread(address: string): Promise<string> {
  const staff = await theStaff(stage().product);
  return vi.waitFor(
    async () => {
      const { json } = await staff.call<{ items: { to: string; text: string }[] }>(
        'GET',
        '/api/console/outbox',
      );
      const link = json.items
        .find(({ to }) => to === address)
        ?.text.match(/\/contact\/[0-9a-f-]{36}#[\w-]+/)?.[0];
      if (link === undefined) throw new Error(`no link was mailed to ${address}`);
      return link;
    },
    { timeout: 10_000, interval: 100 },
  );
}

/** Opens the newest conversation of a queue at the desk, and says why. */
async function readNewest(page: Page, queue: string): Promise<void> {
  await arrive(page, '/console/support');
  await page
    .getByRole('link', { name: new RegExp(`^${queue} `) })
    .last()
    .click();
  await page.getByLabel('Why').fill('to answer it');
  await page.getByRole('button', { name: 'Read the conversation' }).click();
  await page.getByRole('heading', { name: queue, exact: true }).waitFor();
}

test('1.2 3.9 a member writes with a picture, support answers, and the member reads it and goes on', {
  timeout: 180_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.member);
  await page.getByRole('link', { name: 'Contact' }).click();
  await page.getByLabel('What is it about?').selectOption({ label: 'Payments and the wallet' });
  await page.getByRole('button', { name: 'Send message' }).click();
  await page.getByText('Write a sentence or two.').waitFor();
  await page.getByLabel('Your message').last().fill('My top-up of yesterday is missing.');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'receipt.png', mimeType: 'image/png', buffer: png });
  await looksGood(page, 'contact-member');
  await page.getByRole('button', { name: 'Send message' }).click();
  await page.getByText('We have your message').waitFor();
  await looksGood(page, 'contact-sent');

  const { page: desk } = await open(wide);
  await signIn(desk, product.staff);
  await arrive(desk, '/console/support');
  await looksGood(desk, 'desk-queue');
  await readNewest(desk, 'Billing');
  await desk.getByText('My top-up of yesterday is missing.').waitFor();
  await desk.getByRole('link', { name: 'receipt.png' }).waitFor();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.getByRole('button', { name: 'Leave it' }).waitFor();
  await desk.getByLabel('Your answer').fill('It has arrived by now. Please look again.');
  await desk.getByRole('button', { name: 'Send the answer' }).click();
  await desk.getByText('Answered', { exact: true }).waitFor();
  await looksGood(desk, 'desk-thread');

  await arrive(page, '/contact');
  await page.getByRole('link', { name: /Payments and the wallet/ }).click();
  await page.getByText('It has arrived by now. Please look again.').waitFor();
  await looksGood(page, 'thread-member');
  await page.getByLabel('Go on', { exact: true }).last().fill('I see it. Thank you!');
  await page.getByRole('button', { name: 'Send message' }).click();
  await page.getByText('I see it. Thank you!').waitFor();
  await page.getByText('Waiting for us').waitFor();
});

test('9.8 9.9 a visitor asks for erasure: the mailed link confirms it, and only then it may be noted as answered', {
  timeout: 180_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await arrive(page, '/');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Contact' }).click();
  await page.getByLabel('What is it about?').selectOption({ label: 'A request about my data' });
  await page.getByLabel('What do you ask for?').selectOption({ label: 'Erase it' });
  await page.getByLabel('Country you live in, if you like').selectOption('DE');
  await page.getByLabel('Your e-mail address').fill('visitor@example.org');
  await page.getByLabel('Your message').last().fill('Please erase what you hold about me.');
  await looksGood(page, 'contact-visitor');
  await page.getByRole('button', { name: 'Send message' }).click();
  await page.getByText(/confirm that the request is yours/).waitFor();

  const { page: desk } = await open(wide);
  await signIn(desk, product.staff);
  await readNewest(desk, 'Privacy request');
  await desk.getByText('Not confirmed').waitFor();
  await looksGood(desk, 'desk-request');

  await arrive(page, await mailedThread('visitor@example.org'));
  await looksGood(page, 'thread-visitor');
  await page.getByRole('button', { name: 'Yes, this is my request' }).click();
  await page.getByRole('button', { name: 'Yes, this is my request' }).waitFor({ state: 'detached' });

  await desk.reload();
  await desk.getByLabel('Why').fill('to end it');
  await desk.getByRole('button', { name: 'Read the conversation' }).click();
  await desk.getByText('Confirmed', { exact: true }).waitFor();
  await desk.getByLabel('Why').first().fill('told how to erase the account');
  await desk.getByRole('button', { name: 'Note as answered' }).click();
  await desk.getByText('Answered: told how to erase the account').waitFor();

  await page.reload();
  await page.getByText('Your request was answered.').waitFor();
  await page.getByRole('button', { name: 'Erase this conversation' }).click();
  await page.getByRole('button', { name: 'Erase the conversation', exact: true }).click();
  await page.getByText('This conversation is gone').waitFor();
});

test('11.2 a visitor reports a child’s account; support suspends and erases it', {
  timeout: 180_000,
}, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await arrive(page, '/contact?topic=child');
  await page.getByLabel('E-mail address of the account, if you know it').fill(product.member.email);
  await page.getByLabel('Your e-mail address').fill('teacher@example.org');
  await page.getByLabel('Your message').last().fill('This account is of a pupil of mine, who is eleven.');
  await page.getByRole('button', { name: 'Send message' }).click();
  await page.getByText('We have your message').waitFor();

  const { page: desk } = await open(wide);
  await signIn(desk, product.staff);
  await readNewest(desk, 'Child’s account');
  await looksGood(desk, 'desk-child');
  await desk.getByLabel('Why').fill('reported by a teacher');
  await desk.getByRole('button', { name: 'Suspend the account' }).click();
  await desk.getByText('Suspended', { exact: true }).waitFor();
  await looksGood(desk, 'desk-child-suspended');
  const erasing = desk
    .locator('form')
    .filter({ has: desk.getByRole('button', { name: 'Erase the account' }) });
  await erasing.getByLabel('Why').fill('the school confirmed it');
  await erasing.getByRole('button', { name: 'Erase the account' }).click();
  await desk.getByText(/^(Being erased|Erased)$/).waitFor();
  await desk.getByLabel('Reference of the refund').waitFor();
  await looksGood(desk, 'desk-child-erased');
});

test('14.1 every page of anyone leads to the contact page', { timeout: 120_000 }, async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  for (const path of ['/', '/models', '/pricing', '/legal/privacy', '/sign-in', '/no-such-page']) {
    await arrive(page, path);
    await page.getByRole('contentinfo').getByRole('link', { name: 'Contact' }).waitFor();
  }
  await signIn(page, product.staff);
  for (const path of ['/chat', '/image', '/wallet', '/settings/profile']) {
    await arrive(page, path);
    await page.getByRole('link', { name: 'Contact' }).first().waitFor();
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Contact' }).click();
  await page.waitForURL('**/contact');
});
