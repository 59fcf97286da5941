import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import {
  anImage,
  aText,
  auditOf,
  finished,
  look,
  run,
  settledWallet,
  start,
  until,
  walletOf,
} from '#tests/support/generating.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
});
afterAll(() => discard(product));

test('a text is quoted, held, streamed, charged by the provider’s count, and found again', async () => {
  const before = await walletOf(member);
  const seen = await run(member, aText('Tell me about lighthouses.'));
  expect(seen).toMatchObject({
    state: 'settled',
    countedBy: 'provider',
    ending: null,
    title: 'Tell me about lighthouses.',
  });
  expect(seen.text).toContain('lighthouses');
  expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
  expect(BigInt(seen.chargedMicro) + BigInt(seen.releasedMicro)).toBe(BigInt(seen.heldMicro));
  const after = await walletOf(member);
  expect(before.available - after.available).toBe(BigInt(seen.chargedMicro));
  expect(after.held).toBe(before.held);
  const { json } = await member.call<{ items: { id: string }[] }>('GET', '/api/generations?limit=1');
  expect(json.items[0]!.id).toBe(seen.id);
});

test('an image is submitted, polled, fetched and stored, and its bytes come back by range', async () => {
  const seen = await run(member, anImage('A red kite over dunes'));
  expect(seen).toMatchObject({ state: 'settled', countedBy: 'provider' });
  expect(seen.outputs).toHaveLength(1);
  expect(seen.outputs[0]).toMatchObject({ mediaType: 'image/jpeg', width: 512 });
  const whole = Buffer.from(await (await member.raw(seen.outputs[0]!.url)).arrayBuffer());
  const part = await member.raw(seen.outputs[0]!.url, { headers: { range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));
  expect(seen.sentTo.map((receipt) => receipt.host)).toContain(new URL(product.simulators.flux!).host);
});

test('events begin with all that was written, go on piece by piece, and end with the generation', async () => {
  const id = await start(member, aText('[sandbox:words=60] A short answer please'));
  const answer = await member.raw(`/api/generations/${id}/events`);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const events = (await answer.text())
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => JSON.parse(frame.slice(6)));
  let text = '';
  for (const event of events) {
    if (event.type === 'snapshot' || event.type === 'end') {
      if (event.type === 'end') expect(event.generation.text.startsWith(text)).toBe(true);
      text = event.generation.text ?? '';
    } else if (event.type === 'text') text += event.text;
  }
  expect(events.at(-1)).toMatchObject({ type: 'end', generation: { state: 'settled' } });
  expect(text).toBe((await look(member, id)).text);
});

test('the same id again is the same generation, charged once', async () => {
  const before = await walletOf(member);
  const id = newId();
  await Promise.all([start(member, aText('Twice'), id), start(member, aText('Twice'), id)]);
  const seen = await finished(member, id);
  await start(member, aText('Twice'), id);
  expect(before.available - (await walletOf(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('too little money is refused with the missing sum and where to add it, and nothing is held', async () => {
  const before = await walletOf(member);
  const ask = { ...aText('Much'), modelId: 'openai/gpt-6-astra' };
  ask.params.max_completion_tokens = 120_000;
  const asked = { fileIds: [], ...ask };
  const quotes = await Promise.all(
    Array.from({ length: 12 }, () =>
      member.call<{ quote: string; boundMicro: string }>('POST', '/api/quotes', asked),
    ),
  );
  const started = await Promise.all(
    quotes.map(({ json }) =>
      member.call<{ missingMicro?: string; topUpUrl?: string }>('POST', '/api/generations', {
        id: newId(),
        quote: json.quote,
        ask: asked,
      }),
    ),
  );
  const refused = started.filter(({ status }) => status === 402);
  expect(refused.length).toBeGreaterThan(0);
  expect(BigInt(refused[0]!.json.missingMicro!)).toBeGreaterThan(0n);
  expect(refused[0]!.json.topUpUrl).toMatch(/^\/wallet\/top-up\?amount=/);
  for (const { status, json } of started)
    if (status === 200) await finished(member, (json as { id: string }).id);
  expect((await walletOf(member)).held).toBe(before.held);
});

test.each([
  ['[sandbox:429]', 'rate_limited'],
  ['[sandbox:500]', 'unknown'],
  ['[sandbox:cut]', 'cut'],
  ['[sandbox:silent]', 'timeout'],
] as const)(
  'a text with %s ends as %s: a clear message, nothing charged, the hold released',
  async (phrase, why) => {
    const before = await walletOf(member);
    const seen = await run(member, aText(`${phrase} Write something`));
    expect(seen).toMatchObject({ state: 'released', chargedMicro: '0', ending: { why } });
    expect(seen.ending!.message).toMatch(/not charged/);
    expect(await walletOf(member)).toEqual(before);
  },
);

test('a refused picture costs nothing and says who refused', async () => {
  const before = await walletOf(member);
  const seen = await run(member, anImage('[sandbox:moderated] something'));
  expect(seen).toMatchObject({ state: 'released', chargedMicro: '0', ending: { why: 'rejected_content' } });
  expect(seen.ending!.message).toMatch(/^Black Forest Labs declined/);
  expect(await walletOf(member)).toEqual(before);
});

test('an answer lost after the work was done stays held and is said to be unknown', async () => {
  const before = await walletOf(member);
  const id = await start(member, anImage('[sandbox:lost] [sandbox:hook_never] a picture'));
  const seen = await until(member, id, ({ state }) => state === 'unknown');
  expect(seen.heldUntil).not.toBeNull();
  expect(seen.ending!.message).toMatch(/do not yet know/);
  expect((await walletOf(member)).held - before.held).toBe(BigInt(seen.heldMicro));
  const cancelled = await member.call('POST', `/api/generations/${id}/cancel`);
  expect(cancelled.status).toBe(200);
  expect(await finished(member, id)).toMatchObject({ state: 'cancelled', chargedMicro: '0' });
  expect((await walletOf(member)).held).toBe(before.held);
});

test('a provider’s callback makes an unknown outcome known: the picture is fetched and charged after all', async () => {
  const before = await settledWallet(member);
  const id = await start(
    member,
    anImage('[sandbox:lost] [sandbox:hook_never] a picture that was made all the same'),
  );
  await until(member, id, ({ state }) => state === 'unknown');
  const seenThere = await fetch(`${product.simulators.flux}/_control/requests`);
  const { requests } = (await seenThere.json()) as { requests: { body?: string }[] };
  const asked = requests.findLast(({ body }) => body?.includes('made all the same'))!;
  const hook = (JSON.parse(asked.body!) as { webhook_url: string }).webhook_url;
  expect(hook).not.toContain(id);
  const callBack = (url: string) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify({ id: task, status: 'Ready' }),
    });
  const task = await lastTask();
  expect((await callBack(`${hook.slice(0, -32)}${'A'.repeat(32)}`)).status).toBe(404);
  expect((await look(member, id)).state).toBe('unknown');
  expect((await callBack(hook)).status).toBe(200);
  const seen = await finished(member, id);
  expect(seen).toMatchObject({ state: 'settled' });
  expect(seen.outputs).toHaveLength(1);
  const after = await settledWallet(member);
  expect(before.available - after.available).toBe(BigInt(seen.chargedMicro));
  expect((await callBack(hook)).status).toBe(200);
  expect(await settledWallet(member)).toEqual(after);
}, 60_000);

/** The simulator's newest job, which we were never told of. */
async function lastTask(): Promise<string> {
  const flux = product.simulators.flux!;
  for (;;) {
    await fetch(`${flux}/_control/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceSeconds: 5 }),
    });
    const { uses } = (await (await fetch(`${flux}/_control/tally`)).json()) as { uses: { id: string }[] };
    if (uses.length > 0) return uses.at(-1)!.id;
  }
}

test('a stopped text is charged for what was written, and the rest is released', async () => {
  const id = await start(member, aText('[sandbox:slow] Write long'));
  await until(member, id, ({ text }) => (text ?? '').length > 40);
  const { json } = await member.call<{ state: string }>('POST', `/api/generations/${id}/cancel`);
  expect(json.state).toBe('cancelled');
  const seen = await look(member, id);
  expect(seen).toMatchObject({ countedBy: 'estimated', ending: { why: 'cancelled' } });
  expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
  expect(BigInt(seen.chargedMicro)).toBeLessThan(BigInt(seen.heldMicro));
});

test('a forged, a foreign and an old quote are refused', async () => {
  const ask = { fileIds: [], ...aText('Cheap') };
  const { json } = await member.call<{ quote: string }>('POST', '/api/quotes', ask);
  const dearer = { ...ask, modelId: 'openai/gpt-6-astra' };
  expect(
    (await member.call('POST', '/api/generations', { id: newId(), quote: json.quote, ask: dearer })).status,
  ).toBe(400);
  const forged = json.quote.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  expect((await member.call('POST', '/api/generations', { id: newId(), quote: forged, ask })).status).toBe(
    400,
  );
});

test('a deleted generation is gone with its files, and its charge stays in the wallet', async () => {
  const seen = await run(member, anImage('To be deleted'));
  expect((await member.call('DELETE', `/api/generations/${seen.id}`)).status).toBe(204);
  expect((await member.call('GET', `/api/generations/${seen.id}`)).status).toBe(404);
  expect((await member.raw(seen.outputs[0]!.url)).status).toBe(404);
  const { json } = await member.call<{ items: { generationId: string | null; amountMicro: string }[] }>(
    'GET',
    '/api/wallet/transactions',
  );
  expect(json.items.find((item) => item.generationId === seen.id)?.amountMicro).toBe(`-${seen.chargedMicro}`);
});

test('after all of it the ledger is sound', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
