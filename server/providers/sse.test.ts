import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, type ServerSentEvent } from './sse.ts';

async function eventsOf(pieces: Buffer[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  async function* source() {
    yield* pieces;
  }
  for await (const event of readEvents(source())) events.push(event);
  return events;
}

const expected = [
  { event: null, data: '{"text":"Grüße 🙂"}' },
  { event: 'delta', data: 'one\ntwo' },
  { event: null, data: '[DONE]' },
];

test.each(['\n', '\r\n', '\r'])(
  'however a stream with line ends %j is cut, the same events come out',
  async (end) => {
    const stream = Buffer.from(
      `data: {"text":"Grüße 🙂"}${end}${end}: a comment${end}${end}event: delta${end}data: one${end}data:two${end}${end}data: [DONE]`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 10 }),
        async (cuts) => {
          const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
          expect(await eventsOf(places.slice(1).map((to, i) => stream.subarray(places[i], to)))).toEqual(
            expected,
          );
        },
      ),
    );
  },
);
