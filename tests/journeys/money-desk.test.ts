import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { upstreamCost } from '#server/ledger/flows/generation.ts';
import { faultsOf } from '#tests/support/axe.ts';
import { arrive, ask, made, mailedCode, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 } };
const CODES = '/api/wallet/codes';
const second = { email: 'second.of.finance@example.com', password: 'a long enough password' };

interface Wallet {
  availableMicro: string;
}
const available = async (page: Page) => BigInt((await ask<Wallet>(page, '/api/wallet')).availableMicro);

/** Faults of the page as it stands, in both schemes, and whether it scrolls sideways. */
async function looked(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    found.push(...(await lasting(page)));
  }
  const [needs, has] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  return needs > has ? [...found, `it needs ${needs} px of ${has}`] : found;
}

/** A button that has just been enabled, or a page between two schemes, has colours of both for a moment. */
async function lasting(page: Page): Promise<string[]> {
  let faults: string[] = [];
  for (let look = 0; look < 3; look++) {
    await page.evaluate(`Promise.allSettled(document.getAnimations()
      .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
      .map(({ finished }) => finished))`);
    faults = await faultsOf(page);
    if (faults.length === 0) break;
  }
  return faults;
}

/** Finance makes a code in the console and reads it, once. */
async function newCode(page: Page, wish: { name: string; amount: string; uses: string }): Promise<string> {
  const nextYear = new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10);
  await arrive(page, '/console/money/codes');
  await page.getByLabel('Name').fill(wish.name);
  await page.getByLabel('Amount in dollars').fill(wish.amount);
  await page.getByLabel('Uses', { exact: true }).fill(wish.uses);
  await page.getByLabel('Last day to redeem (UTC)').fill(nextYear);
  await page.getByLabel('Why').fill('agreed for the spring fair');
  await page.getByRole('button', { name: 'Make the code' }).click();
  const shown = page.getByRole('status').locator('code');
  await shown.waitFor();
  return (await shown.textContent())!;
}

test('finance makes a code and sees it once; a member redeems it by keyboard on a phone, and the list counts down', {
  timeout: 120_000,
}, async () => {
  const { product, open, refusedOnPurpose } = stage();
  refusedOnPurpose.add(CODES);
  const { page: staff } = await open(wide);
  await signIn(staff, product.staff);
  const code = await newCode(staff, { name: 'Spring fair', amount: '5', uses: '2' });
  await staff.getByRole('row', { name: /Spring fair \$5\.00 2 / }).waitFor();
  expect(await looked(staff)).toEqual([]);
  await staff.reload();
  await staff.getByRole('row', { name: /Spring fair/ }).waitFor();
  expect(await staff.getByText(code).count()).toBe(0);

  const { page } = await open(phone);
  await signIn(page, product.member);
  await arrive(page, '/wallet');
  const before = await available(page);
  const opener = page.getByRole('button', { name: 'Redeem a code' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type(code.toLowerCase().replaceAll('-', ' '));
  await page.keyboard.press('Enter');
  await page
    .getByRole('status')
    .getByText(/^\$5\.00 added\..* ends on/)
    .waitFor();
  await page.getByText(/^Ends on /).waitFor();
  await page.getByText('Gift · Spring fair').waitFor();
  expect(await available(page)).toBe(before + 5_000_000n);
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('You redeemed this code before.').waitFor();
  expect(await looked(page)).toEqual([]);
  await page.getByLabel('Code', { exact: true }).fill('NO SUCH CODE');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('There is no such code.').waitFor();
  expect(await available(page)).toBe(before + 5_000_000n);

  await arrive(staff, '/console/money/codes');
  await staff.getByRole('row', { name: /Spring fair \$5\.00 1 / }).waitFor();
});

test('mirrored, the code’s field keeps the code’s own direction and nothing is at fault', async () => {
  const { product, open } = stage();
  const { page } = await open(phone);
  await signIn(page, product.member);
  await arrive(page, '/wallet?lang=ar-XB');
  await page.locator('main button[aria-controls]').click();
  const field = page.locator('input[dir=ltr]');
  await field.waitFor();
  expect(await page.evaluate('document.documentElement.dir')).toBe('rtl');
  expect(await looked(page)).toEqual([]);
});

test('one of finance proposes a correction and gives a charge back; another, and nobody else, approves; the member sees both', {
  timeout: 120_000,
}, async () => {
  const { product, open } = stage();
  const { page: member } = await open(wide);
  await signIn(member, product.member);
  await made(member, { modelId: 'flux/flux-2-klein-4b', params: { prompt: 'A lighthouse' } });
  const before = await available(member);
  const { page: newcomer } = await open(wide);
  await signUp(newcomer);

  const { page: staff } = await open(wide);
  await signIn(staff, product.staff);
  await makeFinance(staff);
  await staff.getByRole('link', { name: 'Money of Sandbox member' }).click();
  const form = staff.getByRole('region', { name: 'Correct the wallet' });
  await form.getByLabel('Amount in dollars').fill('2.50');
  await form.getByLabel('Why').fill('the second picture never came');
  await form.getByRole('button', { name: 'Propose +$2.50' }).click();
  await form.getByRole('status').getByText('It waits for a second person.').waitFor();
  await staff.getByText('Somebody else of finance decides.').waitFor();
  expect(await staff.getByRole('button', { name: 'Decide' }).count()).toBe(0);
  await staff.getByRole('button', { name: 'Give back' }).click();
  const refund = staff.getByRole('region', { name: 'Give a charge back' });
  const charged = await refund.getByLabel('Amount in dollars').inputValue();
  await refund.getByLabel('Amount in dollars').fill('999');
  await refund.getByText('Less than that is left of the charge.').waitFor();
  await refund.getByLabel('Amount in dollars').fill(charged);
  await refund.getByLabel('Why').fill('it came out all black');
  expect(await looked(staff)).toEqual([]);
  await refund.getByRole('button', { name: /^Give back \$/ }).click();
  await staff.getByRole('button', { name: 'All given back' }).waitFor();

  await arrive(newcomer, '/console/money');
  await newcomer.getByRole('button', { name: 'Decide' }).click();
  await newcomer.getByLabel('Why').fill('looked at the case');
  expect(await looked(newcomer)).toEqual([]);
  await newcomer.getByRole('button', { name: 'Approve +$2.50' }).click();
  await newcomer.getByText('Nothing waits.').waitFor();
  await newcomer.getByText('Approved').waitFor();

  await arrive(member, '/wallet');
  await member.getByText('Corrected').waitFor();
  await member.getByText('Paid back').waitFor();
  const [whole, part = ''] = charged.split('.');
  const chargedMicro = BigInt(whole!) * 1_000_000n + BigInt(part.padEnd(6, '0'));
  expect(await available(member)).toBe(before + 2_500_000n + chargedMicro);
});

test('an invoice of a provider is booked, and what had accrued is settled', async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.staff);
  await accrue('a provider', 400_000n);
  await arrive(page, '/console/money/invoices');
  await page.getByRole('button', { name: 'Book an invoice of a provider' }).click();
  await page.getByLabel('Number of the invoice').fill('R-2026-11');
  await page.getByLabel('Invoiced, in dollars').fill('0.50');
  await page.getByRole('combobox', { name: 'Paid from' }).fill('main account');
  await page.getByLabel('Why').fill('paid by transfer today');
  expect(await looked(page)).toEqual([]);
  await page.getByRole('button', { name: 'Book as paid' }).click();
  await page.getByRole('row', { name: /R-2026-11 \$0\.50 \$0\.40/ }).waitFor();
  await page.getByRole('row', { name: /^a provider \$0\.00/ }).waitFor();
  await page.setViewportSize(phone.viewport);
  for (const path of ['/console/money', '/console/money/codes', '/console/money/invoices']) {
    await arrive(page, path);
    expect([path, await looked(page)]).toEqual([path, []]);
  }
});

/** As the job of the night does from what providers told of a day. */
async function accrue(provider: string, amountMicro: bigint): Promise<void> {
  const { dataDir } = stage().product;
  const secret = readFileSync(join(dataDir, 'app.secret'), 'utf8').trim();
  const { admin, host } = await startEmbeddedPostgres(join(dataDir, 'postgres'));
  const address = { admin: { ...admin, database: 'mluen' }, base: { host, database: 'mluen' } };
  const pools = openPools(address, secret, () => undefined);
  await asService(pools, (tx) => upstreamCost(tx, { costId: newId(), provider, amountMicro }));
  await pools.end();
}

async function signUp(page: Page): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Country you live in').selectOption('DE');
  await page.getByLabel('Date of birth').fill('1990-05-17');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByLabel('Your name').fill('Second of finance');
  await page.getByLabel('E-mail address').fill(second.email);
  await page.getByLabel('Password', { exact: true }).fill(second.password);
  await page.getByRole('checkbox', { name: 'I accept the terms' }).check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByLabel('Digit 1 of 6').click();
  await page.keyboard.type(await mailedCode(stage().product, second.email));
  await page.waitForURL('**/chat');
}

async function makeFinance(staff: Page): Promise<void> {
  await arrive(staff, '/console/people');
  await staff.getByRole('button', { name: 'Roles of Second of finance' }).click();
  const roles = staff.getByRole('region', { name: 'Roles of Second of finance' });
  await roles.getByLabel('Finance').check();
  await roles.getByLabel('Why').fill('joins finance today');
  await roles.getByRole('button', { name: 'Set these roles' }).click();
  await staff.getByRole('button', { name: 'Roles of Second of finance' }).getByText('finance').waitFor();
}
