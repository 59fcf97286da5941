import { beforeAll, expect, test } from 'vitest';
import type { Catalogue } from '#server/catalogue/catalogue.ts';
import { importCatalogue } from '#server/catalogue/import.ts';
import { openCatalogue } from '#server/catalogue/open.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { providers } from '#server/providers/registry.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { acknowledge, acknowledgeAll, factsVersion, refuseUntold, toldOf } from './acknowledgement.ts';
import type { Parts } from './parts.ts';
import { priceAsk } from './quote.ts';
import { createRouting } from './routing.ts';
import { elsewhere, firstWay } from './ways.ts';

const database = testDatabase();
const simulators = {
  kling: 'http://127.0.0.1:1',
  seedance: 'http://127.0.0.1:2',
  fal: 'http://127.0.0.1:3',
};
let catalogue: Catalogue;
beforeAll(async () => {
  await asService(database().pools, (tx) => importCatalogue(tx));
  catalogue = await openCatalogue(database().pools);
});

function partsOf(settings: Record<string, string> = {}): Parts {
  const config = { mode: 'sandbox' as const, providerSetting: (name: string) => settings[name] };
  const routing = createRouting(providers, config, simulators);
  const log = createLog('silent');
  const secrets = { app: 'a secret of the tests', masterKey: Buffer.alloc(32) };
  return { pools: database().pools, catalogue, routing, log, config: { secrets } } as unknown as Parts;
}

async function asked(parts: Parts, modelId: string, told: boolean) {
  const memberId = await aPerson(database());
  if (told) await asMember(parts.pools, memberId, (tx) => acknowledgeAll(parts, tx, memberId));
  const priced = priceAsk(parts, memberId, { modelId, params: { prompt: 'A pier' }, fileIds: [] }, []);
  return { ...priced, memberId, files: [] };
}
const ANY = { region: null, fallback: true };

test('5.3 another provider takes over only for who was told of it', async () => {
  const parts = partsOf();
  const kling = new Set(['kling']);
  expect(await elsewhere(parts, await asked(parts, 'kling/kling-3.0', false), ANY, kling)).toBeNull();
  const way = await elsewhere(parts, await asked(parts, 'kling/kling-3.0', true), ANY, kling);
  expect(way).toMatchObject({ route: { id: 'fal-sandbox' }, bound: { second: 5n } });
});

test('a reseller whose cost passes the price that was shown does not take over', async () => {
  const parts = partsOf();
  // Seedance costs twice as much at fal as at its maker.
  const dear = await asked(parts, 'seedance/seedance-2.0', true);
  expect(await elsewhere(parts, dear, ANY, new Set(['seedance']))).toBeNull();
  const paid = { ...dear, boundMicro: dear.boundMicro * 3n };
  expect(await elsewhere(parts, paid, ANY, new Set(['seedance']))).toMatchObject({
    route: { id: 'fal-sandbox' },
  });
});

test('a reseller in another region than the one demanded does not take over', async () => {
  const parts = partsOf({ FAL_REGION: 'US', KLING_REGION: 'SG' });
  const clip = await asked(parts, 'kling/kling-3.0', true);
  const inSingapore = { region: 'SG', fallback: true };
  expect(await elsewhere(parts, clip, inSingapore, new Set(['kling']))).toBeNull();
  await expect(firstWay(parts, clip, { region: 'US', fallback: true })).rejects.toMatchObject({
    slug: 'no-route-in-region',
    fields: { regions: ['SG'] },
  });
});

test('5.3 who was told of other facts than the present ones is told again', async () => {
  const parts = partsOf();
  const memberId = await aPerson(database());
  const { terms } = parts.routing.provider('kling');
  await acknowledge(parts, memberId, { providerId: 'kling', version: factsVersion(terms) });
  const told = () => asService(parts.pools, (tx) => toldOf(parts, tx, memberId));
  expect(await told()).toEqual(new Set(['kling']));
  const before = { ...terms };
  try {
    Object.assign(terms, { readOn: '2027-01-01' });
    expect(await told()).toEqual(new Set(['kling'])); // read again, and nothing changed
    Object.assign(terms, { retention: 'For ever.' });
    expect(await told()).toEqual(new Set());
    expect(() => refuseUntold(parts, new Set(), 'kling')).toThrow(/has not worked for you before/);
  } finally {
    Object.assign(terms, before);
  }
});
