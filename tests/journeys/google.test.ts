import { expect, test } from 'vitest';
import { ask, testStage } from '#tests/support/browser.ts';

const stage = testStage();

test('through Google a new person answers the age question, accepts the terms, and is in; later one press is enough', async () => {
  const { page, context } = await stage().open();
  await page.goto('/sign-up');
  await page.getByLabel('Country you live in').selectOption('DE');
  await page.getByLabel('Date of birth').fill('1988-02-03');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('checkbox', { name: 'I accept the terms' }).check();
  await page.getByRole('button', { name: 'Continue with Google' }).click();
  await page.getByLabel('Email', { exact: true }).fill('bao@example.com');
  await page.getByLabel('Name', { exact: true }).fill('Bao');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.waitForURL('**/chat');
  expect(await ask(page, '/api/me')).toMatchObject({
    email: 'bao@example.com',
    displayName: 'Bao',
    country: 'DE',
  });

  await context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Continue with Google' }).click();
  await page.getByLabel('Email', { exact: true }).fill('bao@example.com');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.waitForURL('**/chat');
  expect(await ask(page, '/api/me')).toMatchObject({ email: 'bao@example.com' });
});

test('who has no account and signs in through Google is led to the sign-up', async () => {
  const { page } = await stage().open();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Continue with Google' }).click();
  await page.getByLabel('Email', { exact: true }).fill('nobody-yet@example.com');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Create one' }).click();
  await page.waitForURL('**/sign-up');
});
