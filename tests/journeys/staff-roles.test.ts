import { expect, test } from 'vitest';
import { arrive, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();

test('an operator makes a person support; that person looks at prices and finds nothing to edit', {
  timeout: 120_000,
}, async () => {
  const { product, open, refusedOnPurpose } = stage();
  const { page } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(page, product.staff);
  await arrive(page, '/console/people');
  await page.getByRole('button', { name: 'Roles of Sandbox member' }).click();
  const roles = page.getByRole('region', { name: 'Roles of Sandbox member' });
  await roles.getByLabel('Support').check();
  await roles.getByLabel('Why').fill('answers people from today');
  await roles.getByRole('button', { name: 'Set these roles' }).click();
  await page.getByRole('button', { name: 'Roles of Sandbox member' }).getByText('support').waitFor();

  const { page: theirs } = await open({ viewport: { width: 1440, height: 900 } });
  await signIn(theirs, product.member);
  await arrive(theirs, '/console/catalogue/google/gemini-4-argon');
  await theirs.getByRole('heading', { name: 'Prices now' }).waitFor();
  expect(await theirs.getByRole('region', { name: 'New costs' }).count()).toBe(0);
  await arrive(theirs, '/console/overview');
  await theirs.getByText('Members', { exact: true }).waitFor();
  expect(await theirs.getByText('In all wallets').count()).toBe(0);
  refusedOnPurpose.add('/api/console/ledger/accounts');
  refusedOnPurpose.add('/api/console/ledger/waiting');
  refusedOnPurpose.add('/api/console/ledger/stops');
  await arrive(theirs, '/console/ledger');
  await theirs.getByRole('alert').first().waitFor();
});
