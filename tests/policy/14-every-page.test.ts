import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  arrive,
  ask,
  mailedCode,
  memberPages,
  publicPages,
  signIn,
  testStage,
} from '#tests/support/browser.ts';

const stage = testStage();
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Whether a link to the contact page can be seen here without opening anything, or one press away on a phone. */
const contactLinks = (page: Page) => page.locator('a[href="/contact"]:visible').count();

test('14.1 from every page that anyone may read, a link in the footer leads to the contact page', async () => {
  const { page } = await stage().open(wide);
  const without: string[] = [];
  for (const path of publicPages) {
    await arrive(page, path);
    if ((await page.locator('footer a[href="/contact"]:visible').count()) !== 1) without.push(path);
  }
  expect(without).toEqual([]);
  await page.locator('footer').getByRole('link', { name: 'Contact' }).click();
  await page.waitForURL('**/contact');
  await page.locator('main h1').waitFor();
}, 60_000);

test('14.1 a member finds it on every page, and on a phone under More', async () => {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.member);
  const without: string[] = [];
  for (const path of memberPages) {
    await arrive(page, path);
    if ((await contactLinks(page)) === 0) without.push(path);
  }
  expect(without).toEqual([]);
  const { page: small } = await open(phone);
  await signIn(small, product.member);
  for (const path of ['/chat', '/wallet', '/settings/privacy']) {
    await arrive(small, path);
    await small.getByRole('link', { name: 'More', exact: true }).waitFor();
  }
  await small.getByRole('link', { name: 'More', exact: true }).click();
  await small.getByRole('link', { name: 'Contact' }).click();
  await small.waitForURL('**/contact');
}, 120_000);

test('0.3 the policy says that it is no legal advice and certified by nobody, and no page claims a certificate', async () => {
  const { page } = await stage().open(wide);
  await arrive(page, '/legal/privacy');
  const clause = page.locator('p', { hasText: /^0\.3/ });
  await expect.poll(() => clause.textContent()).toMatch(/not legal advice/);
  expect(await clause.textContent()).toMatch(/nobody has certified/);
  const claims: string[] = [];
  for (const path of [...publicPages, '/models/openai/gpt-6-luna']) {
    await arrive(page, path);
    const text = (await page.locator('body').textContent()) ?? '';
    const claim = /\b(ISO.?(IEC )?27\d{3}|SOC.?[123]\b|HIPAA|PCI.?DSS|GDPR.compliant|certified)\b/i.exec(
      text.replace('nobody has certified', ''),
    );
    if (claim !== null) claims.push(`${path}: ${claim[0]}`);
  }
  expect(claims).toEqual([]);
}, 60_000);

test('12.2 no cookie and no request of any page belongs to another host than ours', async () => {
  const { product, open, asked } = stage();
  const { page, context } = await open(wide);
  for (const path of publicPages) await arrive(page, path);
  await signIn(page, product.member);
  for (const path of ['/image', '/history', '/wallet', '/settings/privacy']) await arrive(page, path);
  const { hostname, origin } = new URL(product.url);
  expect([...new Set((await context.cookies()).map(({ domain }) => domain))]).toEqual([hostname]);
  expect(asked.length).toBeGreaterThan(100);
  expect([...new Set(asked.map((url) => url.origin))]).toEqual([origin]);
  const foreign = await page.evaluate<string[]>(
    `[...document.querySelectorAll('script[src], img[src], iframe, link[rel=preconnect]')]
      .map(({ src, href }) => src || href).filter((url) => new URL(url, location).origin !== location.origin)`,
  );
  expect(foreign).toEqual([]);
}, 120_000);

test('3.6 anyone can read on the status page whether each provider answers', async () => {
  const { page } = await stage().open(wide);
  await arrive(page, '/');
  await page.locator('footer').getByRole('link', { name: 'Status' }).click();
  await page.waitForURL('**/status');
  const providers = page.locator('main li');
  await expect.poll(() => providers.count()).toBeGreaterThan(9);
  const { providers: told } = await ask<{ providers: { name: string }[] }>(page, '/api/status');
  for (const { name } of told)
    await providers.filter({ hasText: name }).getByText('Answers').first().waitFor();
});

test('3.1 a person opens an account and a wallet, corrects the profile, sees the devices, and sets a new password', async () => {
  const { product, open } = stage();
  const { page, context } = await open(wide);
  const email = 'nadia@example.com';
  await page.goto('/sign-up');
  await page.getByLabel('Country you live in').selectOption('KE');
  await page.getByLabel('Date of birth').fill('1991-03-09');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByLabel('Your name').fill('Nadia');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('the first long password');
  await page.getByRole('checkbox', { name: 'I accept the terms' }).check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByLabel('Digit 1 of 6').click();
  await page.keyboard.type(await mailedCode(product, email));
  await page.waitForURL('**/chat');
  expect(await ask(page, '/api/wallet')).toMatchObject({ availableMicro: '0', heldMicro: '0' });

  await arrive(page, '/settings/profile');
  await page.getByLabel('Your name').fill('Nadia Wanjiru');
  await page.getByLabel('Phone, if you like').fill('+254712345678');
  await page.getByRole('button', { name: 'Save profile' }).click();
  await page.getByText('Saved.').waitFor();
  expect(await ask(page, '/api/me')).toMatchObject({ displayName: 'Nadia Wanjiru', phone: '+254712345678' });
  await arrive(page, '/settings/security');
  await page.getByText('This device').waitFor();

  await context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  const first = await mailedCode(product, email);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Six-digit code').waitFor();
  await expect.poll(() => mailedCode(product, email), { timeout: 10_000 }).not.toBe(first);
  await page.getByLabel('Six-digit code').fill(await mailedCode(product, email));
  await page.getByLabel('New password').fill('the second long password');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.waitForURL('**/sign-in**');
  await signIn(page, { email, password: 'the second long password' });
  expect(await ask(page, '/api/me')).toMatchObject({ email, displayName: 'Nadia Wanjiru' });
}, 90_000);
