import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff, asVisitor } from '#server/database/transaction.ts';
import { testDatabase } from '#tests/support/database.ts';
import { priceOf } from './catalogue.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { exportCatalogue } from './export.ts';
import { catalogueFile, readCatalogueFile } from './file.ts';
import { differenceOf, importCatalogue, takeDifference } from './import.ts';
import { openCatalogue } from './open.ts';
import type { ShippedProvider } from './shipped.ts';
import { addPrice, setMarkup, setOffered } from './staff.ts';
import { bringInto, provider } from './test-catalogue.ts';

const database = testDatabase();
const by = { staffId: newId(), requestId: 'req_test' };
const asFinance = <T>(work: Parameters<typeof asStaff<'finance', T>>[3]) =>
  asStaff(database().pools, 'finance', by.staffId, work);
const inNineSeconds = () => new Date(Date.now() + 9000);

function read(text: string): ShippedProvider[] {
  const found = readCatalogueFile(text);
  if (!found.ok) throw new Error(JSON.stringify(found.errors));
  return found.providers;
}

const difference = (providers: ShippedProvider[]) => asFinance((tx) => differenceOf(tx, providers, 'file'));

async function take(providers: ShippedProvider[], digest: string, modelIds: string[]) {
  const taken = { providers, manner: 'file', digest, modelIds, reason: 'new contract' } as const;
  return asFinance((tx) => takeDifference(tx, by, taken));
}

test('docs/catalogue.json is the shipped catalogue (write it anew with `npm run catalogue:export`)', async () => {
  await expect(catalogueFile(shippedProviders)).toMatchFileSnapshot('../../docs/catalogue.json');
});

test('the file says all that is shipped: read back it is the same, and importing it changes nothing', async () => {
  const back = read(catalogueFile(shippedProviders));
  expect(back).toEqual(JSON.parse(JSON.stringify(shippedProviders)));
  await asService(database().pools, (tx) => importCatalogue(tx));
  expect((await difference(back)).differences).toEqual([]);
});

test('an installation’s own file has its markups, future prices and what is off offer, and brings them back', async () => {
  await bringInto(database().pools, [provider('own', '1'), provider('other', '1')]);
  const costs = (['input_token', 'output_token'] as const).map((unit) => ({
    unit,
    costMicro: 123_457n,
    when: null,
    sourceUrl: 'https://example.com/contract',
    sourceBasis: 'staff' as const,
    readOn: '2026-11-24',
  }));
  await asFinance(async (tx) => {
    await setMarkup(tx, by, { modelId: 'own/model', markupBasisPoints: 2345, reason: 'x' });
    await addPrice(tx, by, { modelId: 'own/model', from: inNineSeconds(), costs, reason: 'x' });
    await setOffered(tx, by, { modelId: 'other/model', offered: false, reason: 'x' });
  });
  const text = catalogueFile(await asFinance((tx) => exportCatalogue(tx)));
  const mine = read(text).filter(({ id }) => id === 'own' || id === 'other');
  expect((await difference(mine)).differences).toEqual([]);
  expect(mine[0]?.models[0]).toMatchObject({ markupBasisPoints: 2345 });
  expect(mine[0]?.models[0]?.prices.map(({ usd, until }) => [usd, until === undefined])).toEqual([
    ['1', false],
    ['1', false],
    ['0.123457', true],
    ['0.123457', true],
  ]);
  expect(mine[1]?.models[0]).toMatchObject({ offered: false });
});

test('taking a file applies exactly what was shown, to the models that were chosen, and the next start leaves it', async () => {
  const shipped = [provider('taking', '1'), provider('leaving-be', '1')];
  await bringInto(database().pools, shipped);
  const catalogue = await openCatalogue(database().pools);
  const quoted = catalogue.findModel('taking/model')!;
  const file = [
    provider('taking', '3', { markupBasisPoints: 0 }),
    provider('leaving-be', '3'),
    provider('brand-new', '2'),
  ];
  const shown = await difference(file);
  expect(shown.differences.map(({ what, modelId }) => `${what} ${modelId}`)).toEqual([
    'field taking/model',
    'prices taking/model',
    'prices leaving-be/model',
    'new_model brand-new/model',
  ]);
  expect(await take(file, shown.digest, ['taking/model', 'brand-new/model'])).toBe(2);
  await bringInto(database().pools, shipped);
  await catalogue.refresh();
  const millionIn = { input_token: 1_000_000n };
  const price = (id: string) => priceOf(catalogue.findModel(id)!, millionIn, {}).amountMicro;
  expect(price('taking/model')).toBe(3_000_000n);
  expect(price('leaving-be/model')).toBe(1_100_000n);
  expect(price('brand-new/model')).toBe(2_200_000n);
  // Who had a quote before pays what was quoted.
  expect(priceOf(catalogue.atVersion(quoted.priceVersion)!, millionIn, {}).amountMicro).toBe(1_100_000n);
});

test('what changed since it was shown is not taken, nor is another file', async () => {
  await bringInto(database().pools, [provider('racing', '1')]);
  const file = [provider('racing', '2')];
  const shown = await difference(file);
  expect(await take([provider('racing', '4')], shown.digest, ['racing/model'])).toBe('changed_meanwhile');
  expect(await take(file, shown.digest, [])).toBe('nothing_chosen');
  await bringInto(database().pools, [provider('racing', '1.5')]);
  expect(await take(file, shown.digest, ['racing/model'])).toBe('changed_meanwhile');
  const again = await difference(file);
  expect(await take(file, again.digest, ['racing/model'])).toBe(1);
  expect((await difference(file)).differences).toEqual([]);
});

test('taking the shipped catalogue gives up what staff changed; from then on it is followed again', async () => {
  const shipped = [provider('returning', '1')];
  await bringInto(database().pools, shipped);
  const mine = [provider('returning', '5', { offered: false })];
  const shown = await difference(mine);
  await take(mine, shown.digest, ['returning/model']);
  expect(await bringInto(database().pools, shipped)).toMatchObject([{ kept: true }, { kept: true }]);
  const back = await asFinance((tx) => differenceOf(tx, shipped, 'shipped'));
  const taken = { providers: shipped, manner: 'shipped', digest: back.digest, reason: 'as shipped' } as const;
  expect(await asFinance((tx) => takeDifference(tx, by, { ...taken, modelIds: ['returning/model'] }))).toBe(
    1,
  );
  expect(await bringInto(database().pools, [provider('returning', '6')])).toMatchObject([
    { what: 'prices', kept: false },
  ]);
});

test('of a model that a file leaves out only its own provider’s go off offer', async () => {
  await bringInto(database().pools, [provider('whole', '1'), provider('apart', '1')]);
  const file = [{ ...provider('whole', '1'), models: [] }];
  const shown = await difference(file);
  expect(shown.differences).toEqual([{ what: 'not_shipped', modelId: 'whole/model', kept: false }]);
  await take(file, shown.digest, ['whole/model']);
  const offered = await asVisitor(database().pools, (tx) =>
    tx.selectFrom('catalogue.model').select('offered').where('id', '=', 'whole/model').executeTakeFirst(),
  );
  expect(offered).toEqual({ offered: false });
});

test('a file that would break calls or leave them unpaid is refused, with the place', () => {
  const text = (change: object) => catalogueFile([provider('bad', '1', change)]);
  const price = provider('bad', '1').models[0]!.prices[0]!;
  const refusals: [string, string][] = [
    ['{', 'JSON'],
    [text({ id: 'good/model' }), 'must begin with bad/'],
    [text({ prices: [{ ...price, unit: 'furlong' }] }), 'furlong is no unit that anything reports'],
    [text({ prices: [{ ...price, when: { mood: true } }] }), 'hangs on mood'],
    [text({ prices: [price] }), 'no price for output_token'],
    [text({ prices: [{ ...price, usd: '1e3' }] }), 'must be an amount such as 0.04'],
    [text({}).replace('"usual"', '"usually"'), 'usually'],
    [catalogueFile([provider('bad', '1'), provider('bad', '2')]), 'stands here twice'],
  ];
  for (const [file, words] of refusals) {
    const found = readCatalogueFile(file);
    expect(found.ok ? [] : found.errors.map(({ message }) => message).join(' '), words).toContain(words);
  }
});
