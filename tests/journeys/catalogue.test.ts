import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { catalogueFile } from '#server/catalogue/file.ts';
import { arrive, ask, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();
const wide = { viewport: { width: 1440, height: 900 } };
const MODEL = 'flux/flux-kontext-pro';

/** What a member sees that one picture costs. */
const priceOf = async (page: Page) =>
  (await ask<{ prices: { priceMicro: string }[] }>(page, `/api/model?id=${MODEL}`)).prices[0]?.priceMicro;

async function staffPage(path: string): Promise<Page> {
  const { product, open } = stage();
  const { page } = await open(wide);
  await signIn(page, product.staff);
  await arrive(page, path);
  return page;
}

test('staff find a model, see what a dearer cost would do, set it with a reason, and members see it at once', {
  timeout: 60_000,
}, async () => {
  const page = await staffPage('/console/catalogue');
  await page.getByLabel('Find a model').fill('flux/flux-kontext-pro');
  await page.getByText(/^1 of \d+ models$/).waitFor();
  expect(page.url()).toContain('find=flux');
  await page.getByRole('link', { name: 'FLUX.1 Kontext pro' }).click();
  const costs = page.getByRole('region', { name: 'New costs' });
  await costs.getByLabel('1 picture', { exact: true }).fill('0.05');
  const effect = costs.getByRole('region', { name: 'What this would do' });
  await effect.getByRole('row', { name: 'Price $0.044 $0.055 +25%' }).waitFor();
  const set = costs.getByRole('button', { name: 'Set these costs from now on' });
  expect(await set.isDisabled()).toBe(true);
  await costs.getByLabel('Where the cost stands').fill('https://example.com/contract');
  await costs.getByLabel('Why').fill('agreed with the provider');
  await set.click();
  await page.getByRole('heading', { name: 'Prices of before' }).waitFor();
  await page.getByRole('heading', { name: 'Edits' }).waitFor();
  await expect.poll(() => priceOf(page), { timeout: 5000 }).toBe('55000');
});

test('a price for later stands on the timeline and changes nothing today', { timeout: 60_000 }, async () => {
  const page = await staffPage('/console/catalogue/flux/flux-kontext-max');
  const costs = page.getByRole('region', { name: 'New costs' });
  await costs.getByLabel('1 picture', { exact: true }).fill('0.09');
  await costs.getByLabel('From a moment on').check();
  await costs.getByLabel('From (your time)').fill('2036-01-01T00:00');
  await costs.getByLabel('Where the cost stands').fill('https://example.com/contract');
  await costs.getByLabel('Why').fill('announced');
  await costs.getByRole('button', { name: 'Set these costs from then on' }).click();
  await page.getByRole('heading', { name: 'Prices to come' }).waitFor();
  await page.getByRole('heading', { name: 'Prices now' }).waitFor();
});

test('a model is taken off offer with a reason, and members no longer see it', {
  timeout: 60_000,
}, async () => {
  const page = await staffPage('/console/catalogue/flux/flux-2-klein-9b');
  stage().refusedOnPurpose.add('/api/model');
  const offer = page.getByRole('region', { name: 'On offer' });
  await offer.getByLabel('Why').fill('its pictures are broken today');
  await offer.getByRole('button', { name: 'Take off offer' }).click();
  await page.getByText('Off offer', { exact: true }).waitFor();
  const status = () =>
    page.evaluate<number>("fetch('/api/model?id=flux/flux-2-klein-9b').then(({ status }) => status)");
  await expect.poll(status, { timeout: 5000 }).toBe(404);
});

test('staff see how each provider is, close one with a reason, and open it again', {
  timeout: 60_000,
}, async () => {
  const page = await staffPage('/console/providers');
  const routes = page.getByRole('region', { name: 'Routes of Kling' });
  await routes.getByRole('row', { name: /kling-sandbox .* Open 0 100/ }).waitFor();
  const offered = async () => {
    const { items } = await ask<{ items: { provider: { id: string } }[] }>(page, '/api/models');
    return items.some(({ provider }) => provider.id === 'kling');
  };
  expect(await offered()).toBe(true);
  await page.getByRole('button', { name: 'Close Kling', exact: true }).click();
  await page.getByLabel('Why').fill('its key leaked');
  await page.getByRole('button', { name: 'Close this provider' }).click();
  await page.getByText('Closed: its key leaked').waitFor();
  await expect.poll(offered, { timeout: 5000 }).toBe(false);
  await page.getByRole('button', { name: 'Open Kling', exact: true }).click();
  await page.getByLabel('Why').fill('a new key');
  await page.getByRole('button', { name: 'Open this provider' }).click();
  await expect.poll(offered, { timeout: 5000 }).toBe(true);
});

test('an import shows each difference, takes what is chosen, and is refused when something changed meanwhile', {
  timeout: 60_000,
}, async () => {
  stage().refusedOnPurpose.add('/api/console/catalogue/import');
  const page = await staffPage('/console/catalogue/import');
  const flux = structuredClone(shippedProviders.find(({ id }) => id === 'flux')!);
  const pro = flux.models.find(({ id }) => id === 'flux/flux-2-pro')!;
  pro.prices = pro.prices.map((price) => ({ ...price, usd: '0.06' }));
  const file = {
    name: 'mine.json',
    mimeType: 'application/json',
    buffer: Buffer.from(catalogueFile([flux])),
  };
  await page.locator('input[type=file]').setInputFiles(file);
  const table = page.getByRole('region', { name: 'Costs of FLUX.2 pro' });
  await table.getByRole('row', { name: /the first megapixel now \$0\.03 \$0\.06 \+100%/ }).waitFor();
  await page.getByLabel('Why').fill('the new list');
  // Somebody else edits a model of the file between the look and the confirmation.
  await edited(page, 'flux/flux-dev');
  await page.getByRole('button', { name: /^Take \d+ models?$/ }).click();
  await page.getByText('The catalogue changed since this difference was shown').waitFor();
  await page.locator('input[type=file]').setInputFiles({ ...file, name: 'again.json' });
  await page.getByText('Staff set something of this here').first().waitFor();
  await page.getByLabel('Why').fill('the new list');
  await page.getByRole('button', { name: /^Take \d+ models?$/ }).click();
  await page.getByText(/models changed\./).waitFor();
  await arrive(page, '/console/catalogue/flux/flux-2-pro');
  await page.getByRole('cell', { name: '$0.06' }).first().waitFor();
});

async function edited(page: Page, modelId: string): Promise<void> {
  const status = await page.evaluate<number>(`(async () => {
    const at = '/api/console/catalogue';
    const { version } = await (await fetch(at + '/model?id=${modelId}')).json();
    const body = { modelId: '${modelId}', version, reason: 'meanwhile', offered: false };
    const headers = { 'content-type': 'application/json' };
    return (await fetch(at + '/offered', { method: 'POST', headers, body: JSON.stringify(body) })).status;
  })()`);
  expect(status).toBe(204);
}
