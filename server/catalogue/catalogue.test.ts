import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff, asVisitor } from '#server/database/transaction.ts';
import { testDatabase } from '#tests/support/database.ts';
import { priceOf } from './catalogue.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { differenceOf, importCatalogue } from './import.ts';
import { openCatalogue } from './open.ts';
import type { Cost } from './price-lists.ts';
import type { ShippedProvider } from './shipped.ts';
import { addPrice, setMarkup, setOffered, setProviderOpen, setRoute } from './staff.ts';
import { bringInto, provider } from './test-catalogue.ts';

const database = testDatabase();
const staffId = newId();
const bring = (providers: ShippedProvider[], now?: Date) => bringInto(database().pools, providers, now);

const by = { staffId, requestId: 'req_test' };

/** What stands in the catalogue's own record of a model, provider or route, oldest first. */
const changesOf = (...targets: string[]) =>
  asFinance((tx) =>
    tx
      .selectFrom('catalogue.change')
      .select(['what', 'target', 'before', 'after', 'reason'])
      .where('target', 'in', targets)
      .orderBy('id')
      .execute(),
  );

const asFinance = <T>(work: Parameters<typeof asStaff<'finance', T>>[3]) =>
  asStaff(database().pools, 'finance', staffId, work);

test('the shipped catalogue is imported once; a second import finds nothing to change', async () => {
  const first = await asService(database().pools, (tx) => importCatalogue(tx));
  expect(first.length).toBe(shippedProviders.flatMap(({ models }) => models).length);
  expect(new Set(first.map(({ what }) => what))).toEqual(new Set(['new_model']));
  const { differences } = await asFinance((tx) => differenceOf(tx, shippedProviders, 'shipped'));
  expect(differences).toEqual([]);
  expect(await asService(database().pools, (tx) => importCatalogue(tx))).toEqual([]);
});

test('two processes that start at once import one catalogue', async () => {
  const both = await Promise.all([bring([provider('twins', '1')]), bring([provider('twins', '1')])]);
  const news = both.flat().filter((difference) => difference.what === 'new_model');
  expect(news).toEqual([{ what: 'new_model', modelId: 'twins/model' }]);
});

test('a visitor reads the catalogue and cannot write it', async () => {
  await bring([provider('readonly', '1')]);
  const { pools } = database();
  const found = await asVisitor(pools, (tx) =>
    tx.selectFrom('catalogue.model').select('id').limit(1).execute(),
  );
  expect(found).toHaveLength(1);
  for (const table of ['provider', 'route', 'model', 'priceList', 'price'] as const) {
    await expect(asVisitor(pools, (tx) => tx.deleteFrom(`catalogue.${table}`).execute())).rejects.toThrow(
      'permission denied',
    );
  }
  await expect(
    asVisitor(pools, (tx) => tx.updateTable('catalogue.model').set({ offered: false }).execute()),
  ).rejects.toThrow('permission denied');
});

test('nobody changes a price that exists, not even the service', async () => {
  await bring([provider('fixed', '1')]);
  await expect(
    asService(database().pools, (tx) => tx.updateTable('catalogue.price').set({ costMicro: 1n }).execute()),
  ).rejects.toThrow('permission denied');
  await expect(
    asService(database().pools, (tx) => tx.deleteFrom('catalogue.priceList').execute()),
  ).rejects.toThrow('permission denied');
});

test('a new shipped price ends the old list, and a quote of before keeps its prices', async () => {
  await bring([provider('moving', '1')]);
  const catalogue = await openCatalogue(database().pools);
  const before = catalogue.findModel('moving/model')!;
  const differences = await bring([provider('moving', '2')]);
  expect(differences).toMatchObject([{ what: 'prices', modelId: 'moving/model', kept: false }]);
  expect(catalogue.findModel('moving/model')!.priceVersion).toBe(before.priceVersion);
  await catalogue.refresh();
  const after = catalogue.findModel('moving/model')!;
  expect(after.priceVersion).not.toBe(before.priceVersion);
  expect(priceOf(after, { input_token: 1_000_000n }, {}).amountMicro).toBe(2_200_000n);
  const quoted = catalogue.atVersion(before.priceVersion)!;
  expect(priceOf(quoted, { input_token: 1_000_000n }, {}).amountMicro).toBe(1_100_000n);
});

test('a price that is announced for a day begins on that day', async () => {
  const tomorrow = new Date(Date.now() + 86_400_000);
  const day = tomorrow.toISOString().slice(0, 10);
  const [announced] = [provider('announced', '1')];
  const prices = announced!.models[0]!.prices.flatMap((price) => [
    { ...price, until: day },
    { ...price, usd: '3', from: day },
  ]);
  const shipped = [provider('announced', '1', { prices })];
  await bring(shipped);
  const catalogue = await openCatalogue(database().pools);
  expect(priceOf(catalogue.findModel('announced/model')!, { input_token: 1_000_000n }, {}).costMicro).toBe(
    1_000_000n,
  );
  const lists = await asVisitor(database().pools, (tx) =>
    tx
      .selectFrom('catalogue.priceList')
      .select(['id', 'validFrom', 'validUntil'])
      .where('modelId', '=', 'announced/model')
      .orderBy('validFrom')
      .execute(),
  );
  expect(lists).toHaveLength(2);
  expect(lists[0]!.validUntil).toEqual(lists[1]!.validFrom);
  expect(lists[1]!.validFrom.toISOString()).toBe(`${day}T00:00:00.000Z`);
  const later = catalogue.atVersion(lists[1]!.id)!;
  expect(priceOf(later, { input_token: 1_000_000n }, {}).costMicro).toBe(3_000_000n);
  // An import on the day itself finds what it expects.
  expect(await bring(shipped, new Date(tomorrow.getTime() + 3_600_000))).toEqual([]);
});

test('what staff changed survives an import, and the difference is shown', async () => {
  await bring([provider('edited', '1')]);
  await asFinance((tx) =>
    addPrice(tx, by, {
      modelId: 'edited/model',
      from: new Date(Date.now() + 1000),
      costs: (['input_token', 'output_token'] as const).map((unit) => ({
        unit,
        costMicro: 7_000_000n,
        when: null,
        sourceUrl: 'https://example.com/contract',
        sourceBasis: 'staff' as const,
        readOn: '2026-11-24',
      })),
      reason: 'our own contract',
    }),
  );
  await asFinance((tx) =>
    setOffered(tx, by, { modelId: 'edited/model', offered: false, reason: 'not ready' }),
  );
  const renamed = provider('edited', '2', { name: 'Renamed' });
  const differences = await bring([renamed]);
  expect(differences).toMatchObject([
    { what: 'field', field: 'offered', here: false, shipped: true, kept: true },
    { what: 'field', field: 'name', shipped: 'Renamed', kept: false },
    { what: 'prices', kept: true },
  ]);
  const catalogue = await openCatalogue(database().pools);
  expect(catalogue.findModel('edited/model')).toBeNull();
  await asFinance((tx) => setOffered(tx, by, { modelId: 'edited/model', offered: true, reason: 'ready' }));
  await catalogue.refresh();
  expect(catalogue.findModel('edited/model')).toMatchObject({ name: 'Renamed' });
});

test('a markup that staff set holds for prices that are imported later', async () => {
  await bring([provider('margin', '1')]);
  const edit = { modelId: 'margin/model', markupBasisPoints: 2500, reason: 'small model, large overhead' };
  expect(await asFinance((tx) => setMarkup(tx, by, edit))).toBeNull();
  expect(await changesOf('margin/model')).toMatchObject([{ what: 'markup', before: 1000, after: 2500 }]);
  const catalogue = await openCatalogue(database().pools);
  const price = () => priceOf(catalogue.findModel('margin/model')!, { input_token: 1_000_000n }, {});
  expect(price()).toMatchObject({ amountMicro: 1_250_000n, costMicro: 1_000_000n });
  expect(await bring([provider('margin', '1')])).toEqual([]);
  await bring([provider('margin', '4')]);
  await catalogue.refresh();
  expect(price()).toMatchObject({ amountMicro: 5_000_000n, costMicro: 4_000_000n });
});

test('an edit that cannot be done is refused, and leaves no trace', async () => {
  await bring([provider('refusing', '1')]);
  const edit = { modelId: 'nobody/nothing', markupBasisPoints: 0, reason: 'x' };
  expect(await asFinance((tx) => setMarkup(tx, by, edit))).toBe('no_such_model');
  const past = { modelId: 'refusing/model', from: new Date(0), costs: [], reason: 'x' };
  expect(await asFinance((tx) => addPrice(tx, by, past))).toBe('in_the_past');
  expect(await asFinance((tx) => addPrice(tx, by, { ...past, from: new Date(Date.now() + 9000) }))).toBe(
    'no_prices',
  );
  const cost = (unit: string, when: Record<string, boolean> | null = null): Cost => ({
    unit: unit as Cost['unit'],
    costMicro: 1n,
    when,
    sourceUrl: 'https://example.com/contract',
    sourceBasis: 'staff',
    readOn: '2026-11-24',
  });
  for (const [costs, why] of [
    [[cost('furlong')], 'unknown_unit'],
    [[cost('input_token', { mood: true }), cost('output_token')], 'unknown_condition'],
    [[cost('input_token')], 'unit_left_out'],
  ] as const) {
    const soon = { ...past, from: new Date(Date.now() + 9000), costs: [...costs] };
    expect(await asFinance((tx) => addPrice(tx, by, soon))).toBe(why);
  }
  const closing = { providerId: 'nobody', open: false, reason: 'x' };
  expect(await asFinance((tx) => setProviderOpen(tx, by, closing))).toBe('no_such_provider');
  expect(await changesOf('refusing/model', 'nobody/nothing', 'nobody')).toEqual([]);
});

test('a model that is shipped no longer goes off offer, and comes back when it is shipped again', async () => {
  const here = { ...provider('leaving', '1') };
  await bring([here]);
  expect(await bring([{ ...here, models: [] }])).toContainEqual({
    what: 'not_shipped',
    modelId: 'leaving/model',
    kept: false,
  });
  const catalogue = await openCatalogue(database().pools);
  expect(catalogue.findModel('leaving/model')).toBeNull();
  await bring([here]);
  await catalogue.refresh();
  expect(catalogue.findModel('leaving/model')).not.toBeNull();
});

test('only models of open providers are on offer; staff close a provider or weigh its routes', async () => {
  await bring([provider('near', '1'), provider('far', '1')]);
  const catalogue = await openCatalogue(database().pools);
  const ids = (...open: string[]) => catalogue.listModels(new Set(open)).map(({ id }) => id);
  expect(ids('near', 'far')).toEqual(['near/model', 'far/model']);
  expect(ids('far')).toEqual(['far/model']);
  await asFinance((tx) => setProviderOpen(tx, by, { providerId: 'near', open: false, reason: 'key leaked' }));
  const route = { routeId: 'far-eu', providerId: 'far', open: true, weight: 20, reason: 'trying it out' };
  await asFinance((tx) => setRoute(tx, by, route));
  await catalogue.refresh();
  expect(ids('near', 'far')).toEqual(['far/model']);
  expect(catalogue.findModel('near/model')).toBeNull();
  expect(catalogue.routeState('far-eu')).toEqual({ open: true, weight: 20 });
  expect(catalogue.routeState('never-heard-of')).toEqual({ open: true, weight: 100 });
  const changes = await changesOf('near', 'far-eu');
  expect(changes.map(({ what, target }) => `${what} ${target}`)).toEqual(['provider near', 'route far-eu']);
});
