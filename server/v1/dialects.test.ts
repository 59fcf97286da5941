import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextEvent } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import { isStrict } from './fit.ts';
import { Blocks } from './messages-blocks.ts';
import { Items } from './responses-items.ts';
import { unwrapSealed, wrapSealed } from './sealed.ts';

type Event = Exclude<TextEvent, { type: 'end' }>;

const detail: ReasoningDetail = {
  type: 'reasoning.text',
  format: 'anthropic-claude-v1',
  model: 'claude-sonnet-5',
  index: 0,
  text: 'Hm',
  signature: 'sig',
};

/** Calls of tools in pieces, in whichever order they come, with words and thoughts among them. */
const events = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: fc.string() }),
    fc.record({ type: fc.constant('reasoning' as const), text: fc.string({ minLength: 1 }) }),
    fc.constant<Event>({ type: 'sealed', detail }),
    fc.record({
      type: fc.constant('tool_call' as const),
      index: fc.nat(2),
      arguments: fc.string(),
    }),
  ),
) as fc.Arbitrary<Event[]>;

describe('blocks of Anthropic’s messages', () => {
  test('one is open at a time, and the pieces make up the whole', () => {
    fc.assert(
      fc.property(events, (given) => {
        let open: number | null = null;
        const said: string[] = [];
        const blocks = new Blocks(
          {
            start: (index) => {
              expect(open).toBeNull();
              expect(index).toBe(said.length);
              open = index;
              said.push('');
            },
            delta: (index, { text, thinking, partial_json }) => {
              expect(index).toBe(open);
              said[index] += String(text ?? thinking ?? partial_json ?? '');
            },
            stop: (index) => {
              expect(index).toBe(open);
              open = null;
            },
          },
          true,
        );
        for (const event of given) blocks.take(event);
        blocks.close();
        expect(open).toBeNull();
        expect(
          blocks.content.map((block) => String(block.text ?? block.thinking ?? block.input ?? '')),
        ).toEqual(said);
      }),
    );
  });
});

describe.each<[string, Event[]]>([
  ['crosswise', []],
  ['crosswise, with words among them', [{ type: 'text', text: 'and' }]],
])('calls that come %s are told one after the other, each whole', (_how, between) => {
  const call = (index: number, text: string, id?: string): Event => ({
    type: 'tool_call',
    index,
    arguments: text,
    ...(id === undefined ? {} : { id, name: `f${id}` }),
  });
  const given = [
    call(0, '{"a"', 'x'),
    call(1, '{"b"', 'y'),
    call(0, ':1}'),
    ...between,
    call(1, ':2}'),
    call(2, '{}', 'z'),
  ];
  const told = [
    ['x', 'fx', '{"a":1}'],
    ['y', 'fy', '{"b":2}'],
    ['z', 'fz', '{}'],
  ];

  test('as blocks of Anthropic’s', () => {
    const blocks = new Blocks({ start: () => {}, delta: () => {}, stop: () => {} }, false);
    for (const event of given) blocks.take(event);
    blocks.close();
    const calls = blocks.content.filter(({ type }) => type === 'tool_use');
    expect(calls.map(({ id, name, input }) => [id, name, input]).sort()).toEqual(told);
  });

  test('as items of a response', () => {
    const items = new Items(() => {}, { suffix: 'x', showsThoughts: true, includesSealed: true });
    for (const event of given) items.take(event);
    items.close('completed');
    const calls = items.output.filter(({ type }) => type === 'function_call');
    expect(calls.map((item) => [item.call_id, item.name, item.arguments]).sort()).toEqual(told);
  });
});

test('items of a response are each announced, told and done before the next', () => {
  fc.assert(
    fc.property(events, (given) => {
      let open: number | null = null;
      const items = new Items(
        (type, { output_index }) => {
          if (type === 'response.output_item.added') {
            expect(open).toBeNull();
            open = Number(output_index);
          } else expect(output_index).toBe(open);
          if (type === 'response.output_item.done') open = null;
        },
        { suffix: 'x', showsThoughts: true, includesSealed: true },
      );
      for (const event of given) items.take(event);
      items.close('completed');
      expect(open).toBeNull();
      const words = items.output.flatMap(({ content }) => (content as { text: string }[] | undefined) ?? []);
      const told = given.flatMap((event) => (event.type === 'text' ? [event.text] : []));
      expect(words.map(({ text }) => text).join('')).toBe(told.join(''));
    }),
  );
});

test('sealed reasoning comes back as it was; what is not ours is not read', () => {
  expect(unwrapSealed(wrapSealed(detail))).toEqual(detail);
  expect(wrapSealed(detail)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  fc.assert(fc.property(fc.string(), (word) => unwrapSealed(word) === null));
  expect(unwrapSealed(Buffer.from('mluen:{"type":1}').toString('base64'))).toBeNull();
});

test('a schema is strict when each object in it is', () => {
  const closed = (properties: object) => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  expect(isStrict(closed({ city: { type: 'string' }, at: closed({ x: { type: 'number' } }) }))).toBe(true);
  expect(isStrict(closed({ at: { type: 'array', items: { type: 'object', properties: {} } } }))).toBe(false);
  expect(isStrict({ ...closed({ city: { type: 'string' } }), required: [] })).toBe(false);
});
