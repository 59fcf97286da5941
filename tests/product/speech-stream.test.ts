import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';
import { misbehave } from '#tests/support/routes.ts';

/** Speech is heard while it is made. */
let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
  openai = openaiOf(product);
});
afterAll(() => discard(product));

const SPEAKERS = [
  ['openai/gpt-4o-mini-tts', { voice: 'coral', response_format: 'wav' }, 'openai'],
  ['openai/tts-1', { voice: 'alloy', response_format: 'wav' }, 'openai'],
  ['elevenlabs/eleven-flash-v2-5', { response_format: 'mp3' }, 'elevenlabs'],
] as const;
const INPUT = 'The tide comes in at noon, and the boats go out with it until the lamps are lit.';

const speak = (model: string, more: object, signal?: AbortSignal) =>
  openai.audio.speech.create({ model, input: INPUT, ...more } as OpenAI.Audio.SpeechCreateParams, {
    signal,
  });

test.each(SPEAKERS)(
  '%s: the first bytes come though the last never do, and nothing is charged',
  async (...[model, more, simulator]) => {
    const before = await settledWallet(member);
    await misbehave(product.simulators[simulator]!, { silentAfterChunks: 1 });
    const answer = await speak(model, more);
    expect(answer.status).toBe(200);
    const reader = answer.body!.getReader();
    const first = await reader.read();
    expect(first.value!.length).toBeGreaterThan(1000);
    await expect(
      (async () => {
        for (;;) if ((await reader.read()).done) return;
      })(),
    ).rejects.toThrow();
    const kept = await finished(member, answer.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({ state: 'released', chargedMicro: '0', outputs: [] });
    expect(await settledWallet(member)).toEqual(before);
  },
);

test.each(SPEAKERS)(
  '%s: a stream that the provider cuts ends in a broken connection',
  async (...[model, more, simulator]) => {
    await misbehave(product.simulators[simulator]!, { cutAfterChunks: 2 });
    const answer = await speak(model, more);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const kept = await finished(member, answer.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({ state: 'released', chargedMicro: '0' });
  },
);

test.each(SPEAKERS)(
  '%s: who leaves in the middle pays what it costs, and finds it whole',
  async (...[model, more, simulator]) => {
    const whole = await speak(model, more);
    const bytes = Buffer.from(await whole.arrayBuffer());
    const paid = await finished(member, whole.headers.get('x-mluen-generation')!);
    const before = await settledWallet(member);
    await misbehave(product.simulators[simulator]!, { chunkMs: 150 });
    const leave = new AbortController();
    const answer = await speak(model, more, leave.signal);
    await answer.body!.getReader().read();
    leave.abort();
    const kept = await finished(member, answer.headers.get('x-mluen-generation')!);
    expect(kept).toMatchObject({ state: 'settled', chargedMicro: paid.chargedMicro });
    expect(BigInt(kept.chargedMicro)).toBeGreaterThan(0n);
    const file = Buffer.from(await (await member.raw(kept.outputs[0]!.url)).arrayBuffer());
    expect(file.equals(bytes)).toBe(true);
    expect((await settledWallet(member)).available).toBe(before.available - BigInt(kept.chargedMicro));
  },
);

test('what is being heard is not stopped for nothing: it goes on, and is paid', async () => {
  const [model, more, simulator] = SPEAKERS[0];
  await misbehave(product.simulators[simulator]!, { chunkMs: 300 });
  const answer = await speak(model, more);
  const reader = answer.body!.getReader();
  await reader.read();
  const id = answer.headers.get('x-mluen-generation')!;
  const { status } = await member.call('POST', `/api/generations/${id}/cancel`);
  expect(status).toBe(200);
  while (!(await reader.read()).done);
  const kept = await finished(member, id);
  expect(kept).toMatchObject({ state: 'settled' });
  expect(BigInt(kept.chargedMicro)).toBeGreaterThan(0n);
});

test('the cost stands in the trailers, to the last micro', async () => {
  const before = await settledWallet(member);
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const headers = { authorization: `Bearer ${product.member.apiKey}` };
    const outgoing = request(`${product.url}/v1/audio/speech`, { method: 'POST', headers }, resolve);
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ model: 'openai/gpt-4o-mini-tts', voice: 'coral', input: INPUT }));
  });
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  expect((await buffer(answer)).length).toBeGreaterThan(1000);
  const kept = await finished(member, String(answer.headers['x-mluen-generation']));
  const micro = (usd: string | undefined) => BigInt(usd!.replace('.', ''));
  expect(micro(answer.trailers['x-mluen-cost'])).toBe(BigInt(kept.chargedMicro));
  expect(micro(answer.trailers['x-mluen-balance'])).toBe(before.available - BigInt(kept.chargedMicro));
});

test('what is refused before the first byte is refused in words', async () => {
  await expect(
    openai.audio.speech.create({ model: 'openai/tts-1', voice: 'alloy', input: '[sandbox:refuse] x' }),
  ).rejects.toMatchObject({ status: 400 });
});

test('the ledger is sound', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
