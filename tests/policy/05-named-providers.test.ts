import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPrivatePerson, type PrivatePerson } from '#tests/support/a-private-person.ts';
import { auditOf, finished, type Seen, settledWallet, start } from '#tests/support/generating.ts';
import { discard, type Product, startProduct, theStaff } from '#tests/support/product.ts';

/** The names that the policy names, each with a model of it and the simulator of who makes it. */
const named = [
  { name: 'OpenAI', modelId: 'openai/gpt-6-luna', at: 'openai', kind: 'text' },
  { name: 'Anthropic', modelId: 'anthropic/claude-haiku-5-5', at: 'anthropic', kind: 'text' },
  { name: 'Google', modelId: 'google/gemini-3.6-flash', at: 'google', kind: 'text' },
  { name: 'Qwen', modelId: 'qwen/qwen3.7-flash', at: 'qwen', kind: 'text' },
  { name: 'Flux', modelId: 'flux/flux-2-klein-4b', at: 'flux', kind: 'image' },
  { name: 'Veo', modelId: 'google-cloud/veo-3.1-fast-generate', at: 'google-cloud', kind: 'video' },
  { name: 'Kling', modelId: 'kling/kling-2.5-turbo', at: 'kling', kind: 'video' },
  { name: 'Seedance', modelId: 'seedance/seedance-1.0-pro-fast', at: 'seedance', kind: 'video' },
  { name: 'ElevenLabs', modelId: 'elevenlabs/eleven-text-to-sound-v2', at: 'elevenlabs', kind: 'sound' },
] as const;
type Named = (typeof named)[number];

let product: Product;
let person: PrivatePerson;
const dir = mkdtempSync(join(tmpdir(), 'mluen-connections-'));
const connections = join(dir, 'connections');
const made = new Map<string, Seen>();
const promptFor = ({ name }: Named) => `an otter that only ${name} may know of`;

beforeAll(async () => {
  product = await startProduct({
    NODE_OPTIONS: `--import=${join(import.meta.dirname, '../support/note-connections.ts')}`,
    CONNECTIONS_FILE: connections,
    TRUST_PROXY: '127.0.0.1',
  });
  person = await aPrivatePerson(product, 100);
  const running = await Promise.all(named.map(async (one) => [one.name, await begin(one)] as const));
  const clock = setInterval(() => void pass(60), 1_000);
  for (const [name, id] of running) made.set(name, await finished(person.visitor, id));
  clearInterval(clock);
}, 120_000);
afterAll(async () => {
  await discard(product);
  rmSync(dir, { recursive: true, force: true });
});

function begin(one: Named): Promise<string> {
  const prompt = promptFor(one);
  const params = one.kind === 'text' ? { messages: [{ role: 'user', content: prompt }] } : { prompt };
  return start(person.visitor, { modelId: one.modelId, params });
}

/** Films take minutes; the simulators' clocks go ahead. */
async function pass(seconds: number): Promise<void> {
  for (const at of ['google-cloud', 'kling', 'seedance', 'flux'])
    await fetch(`${product.simulators[at]}/_control/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceSeconds: seconds }),
    });
}

/** Everything that a simulator was sent: addresses, headers and bodies. */
async function sentTo(simulator: string): Promise<string> {
  const answer = await fetch(`${product.simulators[simulator]}/_control/requests`);
  if (!answer.ok) throw new Error(`${simulator} keeps no record: ${answer.status}`);
  const { requests } = (await answer.json()) as { requests: { bodyBase64?: string }[] };
  const bytes = requests.map(({ bodyBase64 = '' }) => Buffer.from(bodyBase64, 'base64').toString('latin1'));
  return JSON.stringify(requests) + bytes.join('\n');
}

/** Who makes models; also who sells those of others, and Google’s sign-in. */
const everyProvider = () =>
  Object.keys(product.simulators).filter((id) => !['stripe', 'google-identity'].includes(id));

describe.each(named)('$name', (one) => {
  test(`5.2 ${one.name} has an adapter, and a model with a price that a member can use`, async () => {
    const seen = made.get(one.name)!;
    expect([seen.state, seen.ending]).toEqual(['settled', null]);
    expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
    const { json } = await person.visitor.call<{ items: { id: string; kind: string; prices: unknown[] }[] }>(
      'GET',
      '/api/models',
    );
    const model = json.items.find(({ id }) => id === one.modelId)!;
    expect(model.kind).toBe(one.kind);
    expect(model.prices.length).toBeGreaterThan(0);
  });

  test(`3.2 what was asked of ${one.name} went to ${one.at} and nobody else, and what it made came back`, async () => {
    const prompt = promptFor(one);
    const knowing = new Set<string>();
    for (const id of everyProvider())
      if ((await sentTo(id)).includes(prompt)) knowing.add(id.replace(/-delivery$/, '')); // their host for files
    expect([...knowing]).toEqual([one.at]);
    const seen = made.get(one.name)!;
    if (one.kind === 'text') return expect(seen.text!.length).toBeGreaterThan(0);
    const bytes = await (await person.visitor.raw(seen.outputs[0]!.url)).arrayBuffer();
    expect(bytes.byteLength).toBeGreaterThan(1000);
  });

  test(`6.1 nothing that says who asks went along to ${one.name}`, async () => {
    const sent = await sentTo(one.at);
    expect(sent).toContain('otter');
    expect(Object.entries(person.marks).filter(([, mark]) => sent.includes(mark))).toEqual([]);
  });
});

test('6.1 the person can be found where they are known: the marks are such that a search would find them', async () => {
  const me = JSON.stringify((await person.visitor.call('GET', '/api/me')).json);
  const { id, address, name, phone } = person.marks;
  for (const mark of [id, address, name, phone]) expect(me).toContain(mark);
  const sessions = JSON.stringify((await person.visitor.call('GET', '/api/me/sessions')).json);
  expect(sessions.length).toBeGreaterThan(10);
  expect(Object.values(person.marks).filter((mark) => mark.length < 6)).toEqual([]);
});

test('5.8 the process opens connections to providers, payment and sign-in, and to nobody else', () => {
  const lines = readFileSync(connections, 'utf8').trim().split('\n');
  const main = lines
    .map((line) => JSON.parse(line) as { program: string; to: string })
    .filter(({ program }) => program.endsWith('server/main.ts'));
  const own = Object.values(product.simulators).map((url) => new URL(url).host);
  const opened = new Set(main.map(({ to }) => to.replace('localhost', '127.0.0.1')));
  for (const { at } of named) expect(opened).toContain(new URL(product.simulators[at]!).host);
  // PostgreSQL is spoken to through a file; our own port is asked whether it is free.
  const others = [...opened].filter(
    (to) => to !== 'a file' && !own.includes(to) && to !== new URL(product.url).host,
  );
  expect(others).toEqual([]);
});

test('2.2 3.3 3.5 what was paid by card, less what was charged, is in the wallet, line by line and in audited books', async () => {
  const charged = [...made.values()].reduce((sum, { chargedMicro }) => sum + BigInt(chargedMicro), 0n);
  const wallet = await settledWallet(person.visitor);
  expect(wallet).toEqual({ available: 100_000_000n - charged, held: 0n });
  const { json } = await person.visitor.call<{
    items: { kind: string; amountMicro: string; balanceAfterMicro: string | null }[];
  }>('GET', '/api/wallet/transactions?limit=100');
  // The balance is the fold of the lines, and each line says the balance after it.
  let balance = 0n;
  for (const line of json.items.toReversed()) {
    balance += BigInt(line.amountMicro);
    if (line.balanceAfterMicro !== null) expect(BigInt(line.balanceAfterMicro)).toBe(balance);
  }
  expect(balance).toBe(wallet.available);
  expect(json.items.map(({ kind }) => kind).toSorted()).toEqual([...named.map(() => 'charge'), 'top-up']);
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
