import { expect, test } from 'vitest';
import { basisPointsOf, conditionsOf, percentOf } from './markup.ts';

test('a per cent is read and written exactly, and what is none is refused', () => {
  expect([basisPointsOf('10'), basisPointsOf('12,5'), basisPointsOf('0.01')]).toEqual([1000, 1250, 1]);
  expect(['', '-1', '1000.01', '1e2', '5 %'].map(basisPointsOf)).toEqual([null, null, null, null, null]);
  expect([percentOf(1250), basisPointsOf(percentOf(1))]).toEqual(['12.5', 1]);
});

test('conditions are words, numbers and yes or no', () => {
  expect(conditionsOf('resolution=1080p, audio = true, input_tokens>=272000, video?=false')).toEqual({
    resolution: '1080p',
    audio: true,
    'input_tokens>': 272_000,
    'video?': false,
  });
  expect(conditionsOf(' ')).toEqual({});
  expect(conditionsOf('resolution')).toBeNull();
});
