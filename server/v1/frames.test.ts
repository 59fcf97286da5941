import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameFilter } from './frames.ts';

const words = 'data: {"choices":[{"delta":{"content":"Hallo Wörld 🙂"}}],"usage":null}\n\n';
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":3}}\n\n';
const stream = Buffer.from(`${words}${words}${usage}data: [DONE]\n\n`);

function passed(pieces: Buffer[], keepUsage: boolean) {
  const filter = createFrameFilter(keepUsage);
  const out = pieces.map((piece) => filter.push(piece)).filter((piece) => piece !== null);
  return { out: Buffer.concat(out).toString(), data: filter.data(), done: filter.done() };
}

test('however a stream is cut, the caller gets the same frames and we read the same data', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 8 }),
      fc.boolean(),
      (cuts, keepUsage) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const pieces = places.slice(1).map((end, i) => stream.subarray(places[i], end));
        const { out, data, done } = passed(pieces, keepUsage);
        expect(out).toBe(keepUsage ? words + words + usage : words + words);
        expect(data).toHaveLength(3);
        expect(done).toBe(true);
      },
    ),
  );
});

test('a stream without its end mark is not done', () => {
  expect(passed([Buffer.from(words)], false)).toMatchObject({ out: words, done: false });
});

test('lines may end as on Windows', () => {
  expect(passed([Buffer.from(stream.toString().replaceAll('\n', '\r\n'))], false).out).toBe(words + words);
});
