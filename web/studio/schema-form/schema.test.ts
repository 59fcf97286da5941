import { expect, test } from 'vitest';
import { fieldsOf, fileIdsIn, sendable } from './schema.ts';

const parameters = {
  type: 'object',
  required: ['prompt'],
  properties: {
    seed: { type: 'integer', 'x-ui': { order: 3, widget: 'seed', advanced: true } },
    prompt: { type: 'string', title: 'Prompt', 'x-ui': { order: 1, widget: 'prompt' } },
    images: {
      type: 'array',
      items: { type: 'string', 'x-media': 'image' },
      'x-ui': { order: 2, widget: 'files' },
    },
  },
};

test('fields come in the order of their hints, with what is required marked', () => {
  const fields = fieldsOf(parameters);
  expect(fields.map(({ name }) => name)).toEqual(['prompt', 'images', 'seed']);
  expect(fields.map(({ required }) => required)).toEqual([true, false, false]);
  expect(fields[2]?.hints.advanced).toBe(true);
});

test('a schema of another kind shows no fields and breaks nothing', () => {
  expect(fieldsOf({})).toEqual([]);
});

test('empty values and values of another model are not sent; false and zero are', () => {
  const values = { prompt: 'a boat', images: [], seed: 0, old: 'x' };
  expect(sendable(fieldsOf(parameters), values)).toEqual({ prompt: 'a boat', seed: 0 });
});

test('files are named once, wherever they stand', () => {
  expect(fileIdsIn({ images: ['file:a', 'file:b'], mask: 'file:a', prompt: 'file no' })).toEqual(['a', 'b']);
});
