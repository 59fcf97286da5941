import { expect, test } from 'vitest';
import type { Units } from '#server/providers/provider.ts';
import { testDatabase } from '#tests/support/database.ts';
import { boundOf, usualOf, validateParams } from './catalogue.ts';
import { localModels } from './data/local.ts';
import { openCatalogue } from './open.ts';
import type { ShippedProvider } from './shipped.ts';
import { bringInto, provider, source } from './test-catalogue.ts';

const database = testDatabase();
const bring = (providers: ShippedProvider[], now?: Date) => bringInto(database().pools, providers, now);

test('a quote for text holds the bound, and says what such a call usually costs', async () => {
  await bring([provider('quoting', '1')]);
  const model = (await openCatalogue(database().pools)).findModel('quoting/model')!;
  const checked = validateParams(model, {});
  expect(checked).toEqual({ ok: true, params: { max_completion_tokens: 8192 } });
  const bound = { input_token: 1000n, output_token: 8192n };
  expect(boundOf(model, bound, {}).amountMicro).toBe(10_112n); // 9192 × 1.1 = 10111.2, up
  expect(usualOf(model, bound, {}).amountMicro).toBe(660n); // (1000 / 4 + 350) × 1.1
  expect(validateParams(model, { temprature: 1, max_completion_tokens: 0 })).toEqual({
    ok: false,
    errors: [
      { path: 'temprature', message: 'is not known here' },
      { path: 'max_completion_tokens', message: 'must be >= 1' },
    ],
  });
});

test('what speech, clips and pictures usually cost grows with text, seconds and number', async () => {
  const prices = [{ unit: 'output_audio_token' as const, usd: '10', per: 1_000_000, source }];
  const usual = [
    { unit: 'output_audio_token' as const, quantity: 1500, of: 'thousand_characters' as const },
    { unit: 'output_image_token' as const, quantity: 200 },
    { unit: 'output_image_token' as const, quantity: 1700, when: { quality: 'high' } },
  ];
  const more = (['output_image_token', 'output_video_token'] as const).map((unit) => ({
    unit,
    usd: '10',
    per: 1_000_000,
    source,
  }));
  const clip = { unit: 'output_video_token' as const, quantity: 5792, of: 'second' as const };
  await bring([
    provider('usual', '1', { kind: 'speech', prices: [...prices, ...more], usual: [...usual, clip] }),
  ]);
  const model = (await openCatalogue(database().pools)).findModel('usual/model')!;
  const costs = (bound: Units, params: Record<string, unknown>) => usualOf(model, bound, params).costMicro;
  expect(costs({ output_audio_token: 20_000n }, { prompt: 'x'.repeat(2000) })).toBe(30_000n);
  expect(costs({ output_audio_token: 100n }, { prompt: 'x'.repeat(2000) })).toBe(1000n); // never above the bound
  expect(costs({ output_video_token: 90_000n }, { duration: 5 })).toBe(289_600n);
  expect(costs({ output_image_token: 90_000n }, { n: 3 })).toBe(6000n);
  expect(costs({ output_image_token: 90_000n }, { n: 3, quality: 'high' })).toBe(51_000n);
});

test('models on a machine of one’s own take any name and cost nothing', async () => {
  await bring([localModels(['llama3.3:70b', 'hf.co/unsloth/Qwen3-GGUF:Q4_K_M'])]);
  const catalogue = await openCatalogue(database().pools);
  const ids = catalogue.listModels(new Set(['local'])).map(({ id }) => id);
  expect(ids).toEqual(['local/llama3.3:70b', 'local/hf.co/unsloth/Qwen3-GGUF:Q4_K_M']);
  const model = catalogue.findModel('local/llama3.3:70b')!;
  expect(model.upstream).toBe('llama3.3:70b');
  expect(boundOf(model, { input_token: 1_000_000n, output_token: 4096n }, {}).amountMicro).toBe(0n);
});

test('what no adapter can do is not on offer', async () => {
  await bring([provider('halfway', '1')]);
  const catalogue = await openCatalogue(database().pools, (id, kind) => id === 'halfway' && kind !== 'text');
  expect(catalogue.findModel('halfway/model')).toBeNull();
  expect(catalogue.listModels(new Set(['halfway']))).toEqual([]);
});
