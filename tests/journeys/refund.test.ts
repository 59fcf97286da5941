import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { signIn, testStage } from '#tests/support/browser.ts';
import { theMember, theStaff } from '#tests/support/product.ts';

const stage = testStage();
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const wide = { viewport: { width: 1440, height: 900 } };

const control = (path: string, body: object) =>
  fetch(`${stage().product.simulators.stripe}/_control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });

/** A payment of the sandbox's member, made with this card. */
async function aPayment(wish: object = {}): Promise<string> {
  const member = await theMember(stage().product);
  const id = newId();
  const { json } = await member.call<{ checkoutUrl: string }>('POST', '/api/top-ups', {
    id,
    amountMicro: '20000000',
  });
  await control('pay', { session: /cs_\w+/.exec(json.checkoutUrl)![0], ...wish });
  await member.call('POST', `/api/top-ups/${id}/check`, {});
  return id;
}

const seen = (page: Page, text: RegExp | string) => page.getByText(text).first().waitFor();

test('a member sends a part of a payment back to the card, on a phone', { timeout: 120_000 }, async () => {
  const id = await aPayment();
  const { page } = await stage().open(phone);
  await signIn(page, stage().product.member);
  await page.goto(`${stage().product.url}/wallet/top-up/${id}`);
  const sum = page.getByLabel('Sum in US dollars');
  await sum.fill('21');
  await seen(page, /Enter a sum up to/);
  expect(await page.getByRole('button', { name: 'Send it back' }).isDisabled()).toBe(true);
  await sum.fill('5');
  await page.getByRole('button', { name: /Send \$5\.00 back/ }).click();
  await seen(page, /Sent to your card/);
  await seen(page, /of this payment is unspent/);
  expect(await sum.inputValue()).toBe('15');
});

test('finance sees what a warning stopped and what was not credited, and decides', {
  timeout: 120_000,
}, async () => {
  await aPayment({ card: '4000000000005423' });
  await aPayment({ amount: 700 });
  const staff = await theStaff(stage().product);
  await vi.waitFor(
    async () => {
      const { json } = await staff.call<{ items: unknown[] }>('GET', '/api/console/payments/disputes');
      expect(json.items).toHaveLength(1);
    },
    { timeout: 20_000 },
  );
  const { page } = await stage().open(wide);
  await signIn(page, stage().product.staff);
  await page.goto(`${stage().product.url}/console/payments`);
  await seen(page, /Warning of fraud/);
  const clear = page.locator('form').filter({ hasText: 'Let them spend again' });
  await clear.getByLabel('Why').fill('The cardholder wrote that it was them.');
  await clear.getByRole('button', { name: 'Let them spend again' }).click();
  await seen(page, /Cleared/);
  const money = page.locator('form').filter({ hasText: 'Credit it' });
  await money.getByLabel('Why').fill('The bank took a fee, it is theirs.');
  await money.getByRole('button', { name: 'Credit it' }).click();
  await vi.waitFor(
    async () => expect(await page.getByText('Another sum than was asked for').count()).toBe(0),
    {
      timeout: 20_000,
    },
  );
});
