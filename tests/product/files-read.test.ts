import { afterAll, beforeAll, expect, test } from 'vitest';
import { draw } from '#sandbox/kit/picture.ts';
import { melodyFor, mp3Of } from '#sandbox/kit/sound.ts';
import { film } from '#sandbox/kit/video.ts';
import { aPdf } from '#server/artifacts/incoming/test-pdf.ts';
import { run } from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';
import { upload } from '#tests/support/uploading.ts';

/** What a text model of each provider is given to read, from upload to charge. */
let product: Product;
let member: Visitor;
const files: Record<string, string> = {};
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  const made: [string, string, Buffer][] = [
    ['picture', 'pier.png', await draw({ prompt: 'A pier', width: 640, height: 480, format: 'png' })],
    ['paper', 'paper.pdf', aPdf({ pages: 4, words: 'Of piers and tides' })],
    ['code', 'main.ts', Buffer.from('export const tide = 3;\n')],
    ['song', 'song.mp3', mp3Of(melodyFor('song', 4))],
    ['clip', 'waves.mp4', await film({ prompt: 'Waves', width: 640, height: 360, seconds: 3 })],
  ];
  for (const [key, name, bytes] of made) files[key] = await upload(member, name, bytes);
}, 60_000);
afterAll(() => discard(product));

test.concurrent.each([
  ['openai/gpt-5.4-mini', ['picture', 'paper', 'code']],
  ['anthropic/claude-sonnet-5-5', ['picture', 'paper', 'code']],
  ['google/gemini-3.8-flash', ['picture', 'paper', 'code', 'song', 'clip']],
  ['qwen/qwen3.8-omni-flash', ['picture', 'code', 'song', 'clip']],
  ['mistral/mistral-large-4', ['picture', 'code']],
  ['xai/grok-4.7', ['picture', 'code']],
  ['deepseek/deepseek-flash', ['code']],
])(
  '%s reads %j, and is charged no more than was held for them',
  async (modelId, given) => {
    const ids = given.map((key) => files[key]!);
    const content = [
      { type: 'text', text: 'What do these have in common?' },
      ...given.map((key) =>
        key === 'picture'
          ? { type: 'image_url', image_url: { url: `file:${files[key]}` } }
          : { type: 'file', file: { file_id: `file:${files[key]}` } },
      ),
    ];
    const seen = await run(member, {
      modelId,
      params: { messages: [{ role: 'user', content }] },
      fileIds: ids,
    });
    expect(seen, JSON.stringify(seen.ending)).toMatchObject({ state: 'settled', countedBy: 'provider' });
    expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
    expect(BigInt(seen.chargedMicro)).toBeLessThanOrEqual(BigInt(seen.heldMicro));
    expect(seen.files.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(seen.sentTo.some(({ kinds }) => kinds.includes('files'))).toBe(true);
  },
  60_000,
);

test('what reaches a provider is the file itself, and no name of somebody’s that was not needed', async () => {
  const answer = await fetch(`${product.simulators.google}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { body: string }[] };
  const body = requests.map((one) => one.body).find((one) => one.includes('What do these have in common?'))!;
  for (const mark of ['image/png', 'application/pdf', 'video/mp4', 'export const tide'])
    expect(body).toContain(mark);
  expect(body).not.toContain('file:');
});
