import { expect, test } from 'vitest';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { newId } from '#server/database/ids.ts';
import type { InputFile } from '#server/providers/provider.ts';
import { withFiles } from './message-files.ts';
import type { Parts } from './parts.ts';
import { modelAt } from './price-list.ts';
import { askHash, checkQuote, type Priced, signQuote } from './quote.ts';
import { titleOf } from './record.ts';
import { can, finalStates, isFinal } from './states.ts';
import { webhookFor } from './webhooks.ts';

const member = newId();
const parts = { config: { secrets: { app: 'a secret of this test' } } } as Parts;
const ask = { modelId: 'flux/flux-2', params: { prompt: 'A hill', width: 512 }, fileIds: [] };
const priced = { model: { id: ask.modelId, priceVersion: 'v1' }, boundMicro: 14_000n } as Priced;
const now = Date.UTC(2026, 10, 24);
const signed = signQuote(parts, member, ask, priced, now);

test('a quote is taken for what it was made for, whatever the order of its fields', () => {
  const turned = { fileIds: [], params: { width: 512, prompt: 'A hill' }, modelId: ask.modelId };
  expect(askHash(turned)).toEqual(askHash(ask));
  expect(() => checkQuote(parts, member, turned, signed.quote, priced, now)).not.toThrow();
});

test.each([
  ['another member', () => checkQuote(parts, newId(), ask, signed.quote, priced, now), 'invalid-input'],
  [
    'another ask',
    () => checkQuote(parts, member, { ...ask, params: { prompt: 'A sea' } }, signed.quote, priced, now),
    'invalid-input',
  ],
  [
    'another bound',
    () => checkQuote(parts, member, ask, signed.quote, { ...priced, boundMicro: 15_000n }, now),
    'price-changed',
  ],
  [
    'another price list',
    () =>
      checkQuote(
        parts,
        member,
        ask,
        signed.quote,
        { ...priced, model: { ...priced.model, priceVersion: 'v2' } },
        now,
      ),
    'price-changed',
  ],
  [
    'a later hour',
    () => checkQuote(parts, member, ask, signed.quote, priced, Date.parse(signed.expiresAt) + 1),
    'quote-expired',
  ],
])('a quote is refused for %s', (_, check, slug) => {
  expect(check).toThrow(expect.objectContaining({ slug }));
});

test('a quote with any letter changed, cut or added is refused as forged', () => {
  for (let at = 0; at < signed.quote.length; at += 7) {
    const other = signed.quote[at] === 'A' ? 'B' : 'A';
    const forged = signed.quote.slice(0, at) + other + signed.quote.slice(at + 1);
    expect(() => checkQuote(parts, member, ask, forged, priced, now)).toThrow();
  }
  for (const forged of ['', '.', `${signed.quote}A`, signed.quote.slice(0, -1)])
    expect(() => checkQuote(parts, member, ask, forged, priced, now)).toThrow();
});

test('nothing that has ended can be stopped, nothing that runs can be deleted', () => {
  for (const state of finalStates) {
    expect(isFinal(state)).toBe(true);
    expect(can('cancel', state)).toBe(false);
    expect(can('delete', state)).toBe(true);
  }
  expect(can('delete', 'running')).toBe(false);
  expect(can('cancel', 'unknown')).toBe(true);
});

test('a title is the first words of the last question, on one line', () => {
  expect(titleOf({ prompt: '  Two\n lines ' })).toBe('Two lines');
  expect(
    titleOf({
      messages: [
        { role: 'user', content: 'First' },
        { role: 'assistant', content: 'Yes' },
        { role: 'user', content: [{ type: 'text', text: 'Last' }, { type: 'image_url' }] },
      ],
    }).trim(),
  ).toBe('Last');
  expect(titleOf({ prompt: 'x'.repeat(500) })).toHaveLength(120);
  expect(titleOf({ messages: 'none' })).toBe('');
});

test('a file that a message names stands there; the others join the last question', () => {
  const file = (id: string, mediaType: string): InputFile => ({
    id,
    mediaType,
    name: `${id}.txt`,
    bytes: Buffer.from('abc'),
  });
  const filled = withFiles(
    [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:one' } }] },
      { role: 'assistant', content: 'A picture.' },
      { role: 'user', content: 'And this?' },
    ],
    [file('one', 'image/png'), file('two', 'text/plain')],
  );
  expect(filled[0]!.content).toEqual([
    { type: 'image_url', image_url: { url: 'data:image/png;base64,YWJj' } },
  ]);
  expect(filled[2]!.content).toEqual([
    { type: 'text', text: 'And this?' },
    { type: 'text', text: 'two.txt:\nabc' },
  ]);
});

test('a price list that another process has begun is read before it is called gone', async () => {
  const model = { id: 'flux/flux-2' } as CatalogueModel;
  const lists = new Map<string, CatalogueModel>();
  let reads = 0;
  const catalogue = {
    atVersion: (version: string) => lists.get(version) ?? null,
    refresh: async () => {
      reads += 1;
      lists.set('begun elsewhere', model);
    },
  } as Parts['catalogue'];
  expect(await modelAt({ catalogue }, 'begun elsewhere')).toBe(model);
  expect(await modelAt({ catalogue }, 'begun elsewhere')).toBe(model);
  expect(reads).toBe(1);
  expect(await modelAt({ catalogue }, 'never was')).toBeNull();
});

test.each([
  ['https://mluen.test', false, true],
  ['http://127.0.0.1:3000', false, false],
  ['http://127.0.0.1:3000', true, true],
  [undefined, true, false],
])('at %s (simulator: %s) a provider is given an address to call back: %s', (base, sandbox, given) => {
  const config = { PUBLIC_URL: base, secrets: parts.config.secrets } as Parts['config'];
  const webhook = webhookFor({ config }, { sandbox }, member, newId());
  expect(webhook !== undefined).toBe(given);
});
