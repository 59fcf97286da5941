import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';

/** What is being made can be looked at before it is whole. */
let product: Product;
let member: Visitor;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
});
afterAll(() => discard(product));

async function eventsOf(
  id: string,
): Promise<{ type: string; image?: string; generation?: { state: string } }[]> {
  const answer = await member.raw(`/api/generations/${id}/events`);
  return (await answer.text())
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => JSON.parse(frame.slice(6)));
}

test('a picture is shown in looks while it is drawn, and whole at its end; each look is charged', async () => {
  const params = { prompt: '[sandbox:latency=800] A lighthouse', quality: 'low', size: '1024x1024' };
  const ask = (more: object) => ({ modelId: 'openai/gpt-image-2', params: { ...params, ...more } });
  const events = await eventsOf(await start(member, ask({ partial_images: 3 })));
  const looks = events.filter(({ type }) => type === 'look');
  expect(looks.length).toBeGreaterThan(0);
  for (const { image } of looks)
    expect(Buffer.from(image!, 'base64').subarray(8, 12).toString()).toBe('WEBP');
  expect(events.at(-1)).toMatchObject({ type: 'end', generation: { state: 'settled' } });
  const plain = await eventsOf(await start(member, ask({})));
  expect(plain.some(({ type }) => type === 'look')).toBe(false);
  const paid = (all: typeof events) =>
    BigInt((all.at(-1)!.generation as unknown as { chargedMicro: string }).chargedMicro);
  expect(paid(events)).toBeGreaterThan(paid(plain));
});
