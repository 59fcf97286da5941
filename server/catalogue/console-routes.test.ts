import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff, asVisitor } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type Catalogue, priceOf } from './catalogue.ts';
import { catalogueConsoleRoutes } from './console-routes.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { catalogueFile } from './file.ts';
import { importCatalogue } from './import.ts';
import { openCatalogue } from './open.ts';
import type { ShippedProvider } from './shipped.ts';
import { bringInto, provider, source } from './test-catalogue.ts';

const database = testDatabase();
const staffId = newId();
const [finance, operator, support, auditor] = ['finance', 'operator', 'support', 'auditor'].map(
  (role) => `${staffId};${role}`,
) as [string, string, string, string];
const member = newId();
const seenRoute = {
  provider: 'flux',
  route: 'flux-1',
  host: 'api.bfl.ai',
  region: 'EU',
  sandbox: false,
  open: false,
  failures: 5,
  openUntil: Date.parse('2036-01-01T00:00:00Z'),
  paused: [{ modelId: 'flux/flux-2-pro', until: Date.parse('2036-01-01T00:00:00Z'), why: 'limit' as const }],
};
let http: TestApp;
let catalogue: Catalogue;

beforeAll(async () => {
  await asService(database().pools, (tx) => importCatalogue(tx));
  catalogue = await openCatalogue(database().pools);
  const deps = { pools: database().pools, catalogue, offers: () => new Map(), routes: () => [seenRoute] };
  http = await testApp(createLog('silent'), (app, guards) => catalogueConsoleRoutes(app, deps, guards));
});
afterAll(() => http.close());

const at = (path: string) => `/api/console/catalogue${path}`;
const modelOf = async (id: string) =>
  (await http.call(finance, 'GET', at(`/model?id=${encodeURIComponent(id)}`))).json;
const costs = (usd: string) =>
  ['input_token', 'output_token'].map((unit) => ({
    unit,
    usd,
    per: 1_000_000,
    source: { ...source, basis: 'staff' },
  }));
/** An edit of the model as it stands now. */
const edit = async (modelId: string, change: object) => ({
  modelId,
  version: (await modelOf(modelId)).version,
  reason: 'agreed with the provider',
  ...change,
});
const auditedFor = (object: string) =>
  asStaff(database().pools, 'auditor', staffId, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['action', 'actorId', 'role', 'object', 'reason'])
      .where('object', '=', object)
      .orderBy('id')
      .execute(),
  );
const millionIn = { input_token: 1_000_000n };

test('staff of every role read each model with cost, markup, price, margin and source; members do not', async () => {
  for (const [who, mayEdit] of [
    [finance, true],
    [operator, true],
    [support, false],
    [auditor, false],
  ] as const) {
    const { status, json } = await http.call(who, 'GET', at(''));
    expect([status, json.mayEdit]).toEqual([200, mayEdit]);
    const shipped = shippedProviders.flatMap(({ models }) => models);
    expect(json.items.length).toBeGreaterThanOrEqual(shipped.length);
    const flux = json.items.find(({ id }: { id: string }) => id === 'flux/flux-kontext-pro');
    expect(flux).toMatchObject({
      kind: 'image',
      providerName: 'Black Forest Labs',
      offered: true,
      isSeen: false, // no route here
      origin: 'shipped',
      markupBasisPoints: 1000,
      example: { costMicro: '40000', priceMicro: '44000', marginMicro: '4000' },
    });
    expect(flux.sources[0]).toMatchObject({ basis: 'official', on: expect.stringMatching(/^2026-/) });
  }
  expect((await http.call(member, 'GET', at(''))).status).toBe(403);
  expect((await http.call(null, 'GET', at(''))).status).toBe(401);
});

test('a model’s page has every price in people’s units, exactly, and the prices that are to come', async () => {
  const { model, lists } = await modelOf('google/gemini-4-argon');
  expect(lists.map(({ holds }: { holds: string }) => holds)).toEqual(['now', 'later']);
  expect(model.nextFrom).toBe(lists[1].from);
  const speech = await modelOf('elevenlabs/eleven-v3');
  expect(speech.lists[0].prices[0]).toMatchObject({
    label: '1,000 characters',
    per: 1000,
    costUsd: '0.1',
    priceUsd: '0.11',
    costMicro: '100000000',
    priceMicro: '110000000',
  });
  expect(speech.conditions).toContain('prompt');
});

test('a markup is edited with a reason, by finance, and stands in the audit log', async () => {
  await bringInto(database().pools, [provider('margins', '1')]);
  const change = await edit('margins/model', { markupBasisPoints: 2500 });
  expect((await http.call(finance, 'POST', at('/markup'), change)).status).toBe(204);
  const { model, changes, lists } = await modelOf('margins/model');
  expect(model.markupBasisPoints).toBe(2500);
  expect(lists.map(({ holds }: { holds: string }) => holds)).toEqual(['before', 'now']);
  expect(changes).toMatchObject([
    { what: 'markup', before: '1000', after: '2500', reason: 'agreed with the provider' },
  ]);
  expect(await auditedFor('margins/model')).toEqual([
    {
      action: 'catalogue.markup',
      actorId: staffId,
      role: 'finance',
      object: 'margins/model',
      reason: 'agreed with the provider',
    },
  ]);
});

test('costs from a moment on: shown before, held back until then, and a quote of before keeps its price', async () => {
  await bringInto(database().pools, [provider('future', '1')]);
  await catalogue.refresh();
  const quoted = catalogue.findModel('future/model')!;
  const preview = await http.call(support, 'POST', at('/preview'), {
    modelId: 'future/model',
    prices: costs('2'),
  });
  expect(preview.json).toMatchObject({
    before: { costMicro: '950', priceMicro: '1045' },
    after: { costMicro: '1900', priceMicro: '2090', marginMicro: '190' },
  });
  expect(preview.json.lines[0]).toEqual({
    label: '1 million tokens in',
    before: '1.1',
    after: '2.2',
    changeBasisPoints: 10_000,
  });
  const from = new Date(Date.now() + 3_600_000).toISOString();
  const later = await edit('future/model', { from, prices: costs('2') });
  expect((await http.call(operator, 'POST', at('/prices'), later)).status).toBe(204);
  await catalogue.refresh();
  expect(priceOf(catalogue.findModel('future/model')!, millionIn, {}).amountMicro).toBe(1_100_000n);
  const { lists } = await modelOf('future/model');
  expect(lists.map(({ holds, origin }: Record<string, string>) => `${holds} ${origin}`)).toEqual([
    'now shipped',
    'later staff',
  ]);
  const now = await edit('future/model', { from: null, prices: costs('3') });
  expect((await http.call(operator, 'POST', at('/prices'), now)).status).toBe(204);
  await catalogue.refresh();
  expect(priceOf(catalogue.findModel('future/model')!, millionIn, {}).amountMicro).toBe(3_300_000n);
  expect(priceOf(catalogue.atVersion(quoted.priceVersion)!, millionIn, {}).amountMicro).toBe(1_100_000n);
});

test('an edit of what has changed since it was seen is refused', async () => {
  await bringInto(database().pools, [provider('raced', '1')]);
  const [mine, theirs] = [
    await edit('raced/model', { markupBasisPoints: 0 }),
    await edit('raced/model', { offered: false }),
  ];
  expect((await http.call(operator, 'POST', at('/offered'), theirs)).status).toBe(204);
  const refused = await http.call(finance, 'POST', at('/markup'), mine);
  expect(refused).toMatchObject({ status: 409, json: { type: '/problems/not-possible-now' } });
  expect((await modelOf('raced/model')).model).toMatchObject({ markupBasisPoints: 1000, offered: false });
});

test('what cannot be is refused in words: the past, a unit nobody counts, a unit left out, no reason', async () => {
  await bringInto(database().pools, [provider('wrong', '1')]);
  const wrong: [object, RegExp][] = [
    [{ from: '2020-01-01T00:00:00Z', prices: costs('1') }, /never in the past/],
    [{ from: null, prices: [{ ...costs('1')[0]!, unit: 'furlong' }] }, /nothing that a provider reports/],
    [{ from: null, prices: costs('1').slice(0, 1) }, /would have none/],
    [{ from: null, prices: [{ ...costs('1')[0]!, when: { mood: 'x' } }, costs('1')[1]] }, /does not take/],
    [{ from: null, prices: costs('1'), reason: ' ' }, /Say why/],
    [{ from: null, prices: costs('0,5') }, /amount such as/],
  ];
  for (const [change, words] of wrong) {
    const answer = await http.call(finance, 'POST', at('/prices'), await edit('wrong/model', change));
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0].message).toMatch(words);
  }
  const nobody = { modelId: 'no/model', version: 'x', reason: 'because', markupBasisPoints: 1 };
  expect((await http.call(finance, 'POST', at('/markup'), nobody)).status).toBe(404);
});

test('a role that may only read is refused by PostgreSQL, a member at the door, and nothing changes', async () => {
  await bringInto(database().pools, [provider('guarded', '1')]);
  const seen = await modelOf('guarded/model');
  const reason = 'because';
  const attempts: [string, object][] = [
    ['/markup', { modelId: 'guarded/model', version: seen.version, markupBasisPoints: 0, reason }],
    ['/prices', { modelId: 'guarded/model', version: seen.version, from: null, prices: costs('9'), reason }],
    ['/offered', { modelId: 'guarded/model', version: seen.version, offered: false, reason }],
    ['/provider', { providerId: 'guarded', open: false, reason }],
    ['/route', { providerId: 'guarded', routeId: 'guarded-1', open: false, weight: 0, reason }],
  ];
  for (const [path, body] of attempts) {
    for (const who of [support, auditor]) {
      const { status, json } = await http.call(who, 'POST', at(path), body);
      expect([status, json.detail]).toEqual([403, expect.stringContaining('takes finance or operator')]);
    }
    expect((await http.call(member, 'POST', at(path), body)).status).toBe(403);
    expect((await http.call(null, 'POST', at(path), body)).status).toBe(401);
  }
  expect(await modelOf('guarded/model')).toEqual(seen);
  expect(await auditedFor('guarded/model')).toEqual([]);
});

test('a provider is closed and opened, a route weighed, each with its reason', async () => {
  await bringInto(database().pools, [provider('doors', '1')]);
  const call = (path: string, body: object) => http.call(operator, 'POST', at(path), body);
  const reason = 'its key leaked';
  expect((await call('/provider', { providerId: 'doors', open: false, reason })).status).toBe(204);
  const listed = async () =>
    (await http.call(operator, 'GET', at(''))).json.providers.find(
      ({ id }: { id: string }) => id === 'doors',
    );
  expect(await listed()).toMatchObject({ open: false, closedBecause: reason });
  expect((await call('/provider', { providerId: 'doors', open: true, reason })).status).toBe(204);
  expect(await listed()).toMatchObject({ open: true, closedBecause: null });
  const route = { providerId: 'doors', routeId: 'doors-eu', open: true, weight: 40, reason };
  expect((await call('/route', route)).status).toBe(204);
  await catalogue.refresh();
  expect(catalogue.routeState('doors-eu')).toEqual({ open: true, weight: 40 });
  expect((await call('/provider', { providerId: 'nobody', open: true, reason })).status).toBe(404);
  expect((await auditedFor('doors-eu')).map(({ action }) => action)).toEqual(['catalogue.route']);
});

test('staff see each provider’s routes, what broke, what they closed, and how a day of runs ended', async () => {
  const flux = async (who: string) =>
    (await http.call(who, 'GET', '/api/console/providers')).json.items.find(
      ({ id }: { id: string }) => id === 'flux',
    );
  expect(await flux(finance)).toMatchObject({
    name: 'Black Forest Labs',
    isOpen: true,
    seen: 0,
    routes: [
      {
        id: 'flux-1',
        host: 'api.bfl.ai',
        isOpen: true,
        weight: 100,
        state: 'broken',
        failures: 5,
        openUntil: '2036-01-01T00:00:00.000Z',
        paused: [{ modelId: 'flux/flux-2-pro', until: '2036-01-01T00:00:00.000Z', why: 'limit' }],
      },
    ],
    day: { runs: 0, failures: [] },
  });
  expect((await flux(operator)).day).toBeNull();
  const closing = { providerId: 'flux', routeId: 'flux-1', open: false, weight: 0, reason: 'maintenance' };
  expect((await http.call(operator, 'POST', at('/route'), closing)).status).toBe(204);
  expect((await flux(auditor)).routes).toMatchObject([{ isOpen: false, weight: 0, state: 'closed' }]);
  expect((await http.call(member, 'GET', '/api/console/providers')).status).toBe(403);
});

const other = (providers: ShippedProvider[]) => ({ source: 'file', file: catalogueFile(providers) });

test('an import shows what is added, changed, removed, each cost with its change, and takes just that', async () => {
  const second = { ...provider('shown', '7').models[0]!, id: 'shown/second' };
  await bringInto(database().pools, [
    { ...provider('shown', '1'), models: [...provider('shown', '1').models, second] },
  ]);
  const file = other([provider('shown', '1.5'), provider('arriving', '2')]);
  const { status, json } = await http.call(auditor, 'POST', at('/difference'), { other: file });
  expect([status, json.mayEdit]).toEqual([200, false]);
  const items = Object.fromEntries(json.items.map((item: { modelId: string }) => [item.modelId, item]));
  expect(Object.values<{ what: string }>(items).map(({ what }) => what)).toEqual([
    'changed',
    'added',
    'removed',
  ]);
  expect(items['shown/model'].prices[0]).toEqual({
    from: null,
    label: '1 million tokens in',
    before: '1',
    after: '1.5',
    changeBasisPoints: 5000,
    source,
  });
  expect(items['arriving/model'].prices[0]).toMatchObject({ before: null, after: '2' });
  const taking = { other: file, digest: json.digest, modelIds: Object.keys(items), reason: 'new list' };
  expect((await http.call(support, 'POST', at('/import'), taking)).status).toBe(403);
  const taken = await http.call(finance, 'POST', at('/import'), taking);
  expect(taken).toMatchObject({ status: 200, json: { changed: 3 } });
  const again = await http.call(finance, 'POST', at('/import'), taking);
  expect(again).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('nothing was changed') },
  });
  expect((await modelOf('shown/second')).model.offered).toBe(false);
  expect(await auditedFor(json.digest)).toMatchObject([{ action: 'catalogue.import', role: 'finance' }]);
});

test('the shipped catalogue is taken by one word; a file that is none is refused with its places', async () => {
  // Tests above took the shipped models off offer: a start without them does.
  const shipped = { source: 'shipped' };
  const shown = await http.call(finance, 'POST', at('/difference'), { other: shipped });
  const modelIds = shown.json.items.map(({ modelId }: { modelId: string }) => modelId);
  expect(modelIds).toContain('flux/flux-kontext-pro');
  const taking = { other: shipped, digest: shown.json.digest, modelIds, reason: 'as shipped' };
  expect((await http.call(finance, 'POST', at('/import'), taking)).json).toEqual({
    changed: modelIds.length,
  });
  expect((await http.call(finance, 'POST', at('/difference'), { other: shipped })).json.items).toEqual([]);
  const bad = other([{ ...provider('bad', '1'), id: 'worse' }]);
  const refused = await http.call(finance, 'POST', at('/difference'), { other: bad });
  expect(refused).toMatchObject({
    status: 400,
    json: { errors: [{ path: 'bad/model', message: 'must begin with worse/' }] },
  });
});

test('the catalogue in use is downloaded as a file that changes nothing when it is taken', async () => {
  const headers = { 'x-test-member': auditor };
  const answer = await fetch(`${http.url}${at('/file')}`, { headers });
  expect(answer.headers.get('content-disposition')).toContain('mluen-catalogue.json');
  const file = await answer.text();
  const { json } = await http.call(finance, 'POST', at('/difference'), { other: { source: 'file', file } });
  expect(json.items).toEqual([]);
  expect((await fetch(`${http.url}${at('/file')}`, { headers: { 'x-test-member': member } })).status).toBe(
    403,
  );
});

test('what was recorded of an edit nobody changes', async () => {
  await expect(
    asStaff(database().pools, 'finance', staffId, (tx) =>
      tx.updateTable('catalogue.change').set({ reason: 'another' }).execute(),
    ),
  ).rejects.toThrow('permission denied');
  await expect(
    asVisitor(database().pools, (tx) => tx.selectFrom('catalogue.change').selectAll().execute()),
  ).rejects.toThrow('permission denied');
});
