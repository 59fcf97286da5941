import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anImage, aText, run, type Seen } from '#tests/support/generating.ts';
import { discard, type Product, startProduct, theMember, type Visitor } from '#tests/support/product.ts';

interface Logged {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  bodyBytes: number;
}

let product: Product;
let member: Visitor;
let text: Seen;
let picture: Seen;
const MARK = 'a very private question about otters';

beforeAll(async () => {
  product = await startProduct();
  member = await theMember(product);
  text = await run(member, aText(MARK));
  picture = await run(member, anImage(MARK));
});
afterAll(() => discard(product));

async function requestsOf(simulator: string): Promise<Logged[]> {
  const answer = await fetch(`${product.simulators[simulator]}/_control/requests`);
  return ((await answer.json()) as { requests: Logged[] }).requests;
}

test('2.4 a generation keeps prompt, files, parameters, outputs, model and cost, equal to what was sent and received', async () => {
  expect(text.params).toMatchObject({ messages: [{ role: 'user', content: MARK }] });
  expect(picture.params).toMatchObject({ prompt: MARK, width: 512, height: 512 });
  expect(text).toMatchObject({ modelId: 'openai/gpt-6-luna', files: [], state: 'settled' });
  expect(BigInt(text.chargedMicro)).toBeGreaterThan(0n);
  const made = Buffer.from(await (await member.raw(picture.outputs[0]!.url)).arrayBuffer());
  const again = Buffer.from(await (await member.raw(picture.outputs[0]!.url)).arrayBuffer());
  expect(createHash('sha256').update(made).digest('hex')).toBe(
    createHash('sha256').update(again).digest('hex'),
  );
  expect(made.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
});

test('5.1 the prompt reaches the chosen provider alone', async () => {
  expect(JSON.stringify(await requestsOf('openai'))).toContain(MARK);
  expect(JSON.stringify(await requestsOf('flux'))).toContain(MARK);
  for (const other of [
    'anthropic',
    'google',
    'kling',
    'seedance',
    'qwen',
    'elevenlabs',
    'mistral',
    'xai',
    'groq',
    'fal',
    'replicate',
  ])
    expect(await requestsOf(other), other).toEqual([]);
});

test('5.1 receipts equal what the provider saw, byte for byte', async () => {
  const [chat] = (await requestsOf('openai')).filter((request) => request.method === 'POST');
  const [submitted] = (await requestsOf('flux')).filter((request) => request.method === 'POST');
  expect(text.sentTo).toHaveLength(1);
  expect(text.sentTo[0]).toMatchObject({
    host: new URL(product.simulators.openai!).host,
    bytes: chat!.bodyBytes,
  });
  expect(text.sentTo[0]!.kinds).toContain('prompt');
  const withPrompt = picture.sentTo.filter((receipt) => receipt.kinds.includes('prompt'));
  expect(withPrompt).toHaveLength(1);
  expect(withPrompt[0]).toMatchObject({
    host: new URL(product.simulators.flux!).host,
    bytes: submitted!.bodyBytes,
  });
});

test('5.3 every model names its provider’s terms, privacy page, regions, retention and use for training', async () => {
  const { json } = await member.call<{ items: { provider: Record<string, unknown> }[] }>(
    'GET',
    '/api/models',
  );
  expect(json.items.length).toBeGreaterThan(100);
  for (const { provider } of json.items) {
    for (const field of ['name', 'company', 'retention', 'training'])
      expect(String(provider[field]).length).toBeGreaterThan(1);
    for (const field of ['termsUrl', 'privacyUrl']) expect(provider[field]).toMatch(/^https:\/\//);
    expect((provider.regions as string[]).length).toBeGreaterThan(0);
  }
});

test('5.9 requests carry the opt-out from storing where the provider has one', async () => {
  const [chat] = (await requestsOf('openai')).filter((request) => request.method === 'POST');
  expect(JSON.parse(chat!.body)).toMatchObject({ store: false });
});

test('6.1 no name, address or id of the member travels along', async () => {
  const me = (await member.call<{ id: string; email: string; displayName: string }>('GET', '/api/me')).json;
  for (const simulator of ['openai', 'flux', 'flux-delivery']) {
    if (product.simulators[simulator] === undefined) continue;
    const seen = JSON.stringify(await requestsOf(simulator).catch(() => []));
    for (const mark of [me.id, me.email, me.displayName, product.member.apiKey])
      expect(seen).not.toContain(mark);
  }
});
