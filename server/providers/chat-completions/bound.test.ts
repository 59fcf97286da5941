import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { textBound } from './bound.ts';

const callWith = (messages: unknown[]) => ({
  generationId: '',
  operation: 'text' as const,
  upstreamModel: 'm',
  params: { messages },
  files: [],
  memberHash: '',
});

test('whatever is written, no more tokens are counted than were held', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 5 }),
      (texts) => {
        const bound = textBound(callWith(texts.map((content) => ({ role: 'user', content }))), 100);
        const counted = texts.reduce(
          (sum, text) => sum + countTokens(text, { disallowedSpecial: new Set() }) + 4,
          3,
        );
        expect(bound.input_token! >= BigInt(counted)).toBe(true);
      },
    ),
  );
});

test('a minute of sound holds thousands of tokens, not a million, and apart from words', () => {
  const data = 'A'.repeat(2_500_000);
  const bound = textBound(
    callWith([{ role: 'user', content: [{ type: 'input_audio', input_audio: { data, format: 'wav' } }] }]),
    100,
  );
  expect(Number(bound.input_audio_token)).toBeGreaterThan(1000);
  expect(Number(bound.input_audio_token)).toBeLessThan(200_000);
  expect(Number(bound.input_token)).toBeLessThan(100);
});
