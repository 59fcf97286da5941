import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { createHttpServer } from '#server/http/server.ts';
import { createLog } from '#server/log.ts';
import type { ProviderTerms } from '#server/providers/provider-terms.ts';
import { testDatabase } from '#tests/support/database.ts';
import type { Catalogue } from './catalogue.ts';
import type { Offer } from './describe.ts';
import { importCatalogue } from './import.ts';
import { openCatalogue } from './open.ts';
import { catalogueRoutes } from './routes.ts';

const database = testDatabase();
const terms: ProviderTerms = {
  name: 'OpenAI',
  company: 'OpenAI OpCo, LLC',
  termsUrl: 'https://openai.com/terms',
  privacyUrl: 'https://openai.com/privacy',
  regions: ['US'],
  retention: '30 days.',
  training: 'Not used.',
  readOn: '2026-11-24',
};
const offers = new Map<string, Offer>([
  [
    'openai',
    {
      terms,
      version: 'v1',
      routes: [{ host: 'api.openai.com', region: 'US', sandbox: false }],
      alsoBy: () => [],
    },
  ],
]);
const app = createHttpServer({ https: true, formOrigins: [] }, createLog('silent'));
let catalogue: Catalogue;

beforeAll(async () => {
  await asService(database().pools, (tx) => importCatalogue(tx));
  catalogue = await openCatalogue(database().pools);
  catalogueRoutes(app, catalogue, () => offers);
});
afterAll(() => app.close());

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers });

test('anybody lists the models of open providers, with prices as text', async () => {
  const answer = await get('/api/models');
  expect(answer.statusCode).toBe(200);
  const { items } = answer.json<{ items: Record<string, unknown>[] }>();
  expect(new Set(items.map((model) => (model.provider as { id: string }).id))).toEqual(new Set(['openai']));
  expect(items[0]).toMatchObject({
    id: 'openai/gpt-6-luna',
    kind: 'text',
    currency: 'USD',
    route: { host: 'api.openai.com', region: 'US', sandbox: false },
    typical: { priceMicro: '258' }, // (600 × 0.11 + 350 × 0.55) micro = 258.5, half to even: 258
  });
  expect(items[0]?.prices).toContainEqual({
    unit: 'output_token',
    label: '1 million tokens out, prompt over 272,000 tokens',
    unitLabel: '1 million tokens out',
    condition: 'prompt over 272,000 tokens',
    per: 1_000_000,
    priceMicro: '825000',
    when: { 'input_tokens>': 272_000 },
  });
});

test('what no form shows is not sent, what a form shows is', async () => {
  const { parameters } = (await get('/api/model?id=openai/gpt-6-luna')).json();
  expect(Object.keys(parameters.properties)).toEqual([
    'reasoning_effort',
    'verbosity',
    'max_completion_tokens',
  ]);
});

test('a client that has the list is told so, until something changes', async () => {
  const first = await get('/api/models');
  const tag = first.headers.etag as string;
  expect(first.headers['cache-control']).toBe('public, no-cache');
  expect(tag).toMatch(/^W\/"/);
  const again = await get('/api/models', { 'if-none-match': `"other", ${tag}` });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  await asService(database().pools, (tx) =>
    tx
      .updateTable('catalogue.model')
      .set({ summary: 'New.', changedAt: new Date() })
      .where('id', '=', 'openai/gpt-5.5')
      .execute(),
  );
  await catalogue.refresh();
  expect((await get('/api/models', { 'if-none-match': tag })).statusCode).toBe(200);
});

test('the list goes out as small as the client takes it, the same in every coding', async () => {
  const plain = await get('/api/models');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const coded = [
    { accept: 'gzip, deflate, br', coding: 'br', open: brotliDecompressSync },
    { accept: 'br;q=0, gzip', coding: 'gzip', open: gunzipSync },
  ];
  for (const { accept, coding, open } of coded) {
    const answer = await get('/api/models', { 'accept-encoding': accept });
    expect(answer.headers).toMatchObject({ 'content-encoding': coding, vary: 'accept-encoding' });
    expect(open(answer.rawPayload).toString()).toBe(plain.body);
    expect(answer.rawPayload.byteLength).toBeLessThan(plain.rawPayload.byteLength / 5);
  }
});

test('a model that is not on offer is not found', async () => {
  for (const id of ['openai/gpt-9', 'flux/flux-2-pro']) {
    const answer = await get(`/api/model?id=${id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ detail: 'There is no such model on offer.' });
  }
});
