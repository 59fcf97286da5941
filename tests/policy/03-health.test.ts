import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic } from '#sandbox/anthropic/anthropic.ts';
import type { Simulator } from '#sandbox/simulator.ts';
import { type Sandbox, startSandbox } from '#sandbox/start.ts';
import { discard, type Product, startProduct, theStaff } from '#tests/support/product.ts';

let sandbox: Sandbox;
/** The provider that falls silent in these tests. */
let anthropic: Simulator;
let product: Product;
beforeAll(async () => {
  sandbox = await startSandbox();
  anthropic = await startAnthropic({ port: 0 });
  product = await startProduct({
    SANDBOX_URLS: JSON.stringify({ ...sandbox.urls, anthropic: anthropic.url }),
  });
});
afterAll(async () => {
  await discard(product);
  await anthropic.close();
  await sandbox.close();
});

interface Status {
  providers: { id: string; name: string; state: string; triedAgainAt: string | null }[];
}
const statusOf = async (id: string) => {
  const answer = await fetch(`${product.url}/api/status`);
  return ((await answer.json()) as Status).providers.find((provider) => provider.id === id);
};

/** A call that may go to no other provider; answers the status. */
async function call(model: string): Promise<number> {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Are you there?' }],
      mluen: { fallback: false },
    }),
  });
  await answer.text();
  return answer.status;
}

test('3.6 the process says that it lives and can serve, and that the books are sound', async () => {
  for (const path of ['/health/live', '/health/ready'])
    expect((await fetch(product.url + path)).status).toBe(200);
  const books = (await (await fetch(`${product.url}/health/books`)).json()) as { stopped: unknown[] };
  expect(books.stopped).toEqual([]);
});

test('3.6 a provider that is gone is said to be down, is sent nothing more, and is taken up again when it is back', async () => {
  expect(await call('anthropic/claude-haiku-5-5')).toBe(200);
  expect(await statusOf('anthropic')).toMatchObject({ name: 'Anthropic', state: 'well', triedAgainAt: null });

  const port = Number(new URL(anthropic.url).port);
  await anthropic.close();
  expect(await call('anthropic/claude-haiku-5-5')).toBe(503);
  expect(await statusOf('anthropic')).toMatchObject({ state: 'ailing' });
  for (let times = 0; times < 9 && (await statusOf('anthropic'))?.state !== 'down'; times++)
    await call('anthropic/claude-haiku-5-5');
  const down = await statusOf('anthropic');
  expect(down).toMatchObject({ state: 'down' });
  expect(Date.parse(down!.triedAgainAt!)).toBeGreaterThan(Date.now());

  // Whoever listens there now hears nothing of us.
  let heard = 0;
  const listener = await listen(port, () => {
    heard += 1;
  });
  for (let times = 0; times < 3; times++) expect(await call('anthropic/claude-haiku-5-5')).toBe(503);
  expect(heard).toBe(0);
  await new Promise((resolve) => listener.close(resolve));

  // Others go on, and staff see which it is.
  expect(await call('openai/gpt-6-luna')).toBe(200);
  expect(await statusOf('openai')).toMatchObject({ state: 'well' });
  const staff = await theStaff(product);
  const console = await staff.call<{ items: { id: string; routes: { state: string }[] }[] }>(
    'GET',
    '/api/console/providers',
  );
  const seen = console.json.items.find(({ id }) => id === 'anthropic')!;
  expect(seen.routes.map(({ state }) => state)).toEqual(['broken']);

  anthropic = await startAnthropic({ port });
  await expect.poll(() => call('anthropic/claude-haiku-5-5'), { timeout: 45_000, interval: 500 }).toBe(200);
  expect(await statusOf('anthropic')).toMatchObject({ state: 'well', triedAgainAt: null });
}, 90_000);

function listen(port: number, onCall: () => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => {
      onCall();
      caller.destroy();
    });
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}
