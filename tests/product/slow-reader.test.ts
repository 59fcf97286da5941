import { request, type ServerResponse } from 'node:http';
import { text as wholeText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finished, settledWallet } from '#tests/support/generating.ts';
import { type Host, startHost } from '#tests/support/host.ts';
import { discard, type Product, startWithMember, type Visitor } from '#tests/support/product.ts';

/** A provider that writes a long answer as fast as it is taken. */
let provider: Host;
let product: Product;
let member: Visitor;
let sent = 0;
const PIECES = 600;
const PIECE = 'and on it goes. '.repeat(4_096); // 64 kB
const TOTAL = PIECES * PIECE.length;

beforeAll(async () => {
  provider = await startHost(async (incoming, response) => {
    await wholeText(incoming);
    await tell(response);
  });
  ({ product, member } = await startWithMember({
    PROVIDER_IDLE_SECONDS: '3',
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  }));
});
afterAll(async () => {
  await discard(product);
  provider.close();
});

async function tell(response: ServerResponse) {
  sent = 0;
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices: object[], rest: object = {}) => `data: ${JSON.stringify({ choices, ...rest })}\n\n`;
  for (let at = 0; at < PIECES && !response.destroyed; at++) {
    const isTaken = response.write(chunk([{ index: 0, delta: { content: PIECE } }]));
    if (!isTaken) await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))]);
    sent += PIECE.length;
  }
  response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]));
  response.write(chunk([], { usage: { prompt_tokens: 5, completion_tokens: 70, total_tokens: 75 } }));
  response.end('data: [DONE]\n\n');
}

/** Until the provider could write nothing more for a while. */
async function stalled(): Promise<number> {
  for (let before = -1; ; ) {
    if (before === sent && sent > 0) return sent;
    before = sent;
    await delay(300);
  }
}

function call(): Promise<{ id: string; body: NodeJS.ReadableStream & { destroy(): void } }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${product.url}/v1/chat/completions`,
      { method: 'POST', headers: { authorization: `Bearer ${product.member.apiKey}` } },
      (body) => {
        body.pause();
        resolve({ id: String(body.headers['x-mluen-generation']), body });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(
      JSON.stringify({
        model: 'openai/gpt-6-luna',
        stream: true,
        messages: [{ role: 'user', content: 'Long' }],
      }),
    );
  });
}

test('a caller that reads slowly slows the provider down, and gets every word', async () => {
  const { id, body } = await call();
  expect(await stalled()).toBeLessThan(TOTAL);
  let got = 0;
  for await (const chunk of body) got += (chunk as Buffer).length;
  expect(got).toBeGreaterThan(TOTAL);
  const seen = await finished(member, id);
  expect(seen).toMatchObject({ state: 'settled', countedBy: 'provider' });
  expect(seen.text).toHaveLength(TOTAL);
}, 60_000);

test('a caller that reads nothing is let go after a while; the answer is read to its end, kept, and charged', async () => {
  const { id, body } = await call();
  body.on('error', () => undefined);
  expect(await stalled()).toBeLessThan(TOTAL);
  const seen = await finished(member, id);
  expect(seen).toMatchObject({ state: 'settled', countedBy: 'provider' });
  expect(seen.text).toHaveLength(TOTAL);
  expect((await settledWallet(member)).held).toBe(0n);
  body.destroy();
}, 60_000);
