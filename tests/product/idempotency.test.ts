import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, finished, settledWallet } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';
import { misbehave } from '#tests/support/routes.ts';

let product: Product;
let member: Visitor;
beforeAll(async () => {
  ({ product, member } = await startWithMember({ PROVIDER_IDLE_SECONDS: '2' }));
});
afterAll(() => discard(product));

const asked = (content: string, rest: object = {}) => ({
  model: 'openai/gpt-6-luna',
  messages: [{ role: 'user', content }],
  ...rest,
});

function call(key: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    signal,
    headers: { authorization: `Bearer ${product.member.apiKey}`, 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

const idOf = (answer: Response) => answer.headers.get('x-mluen-generation')!;
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

test.each([
  ['whole, passed through', asked('Whole')],
  ['a stream, passed through', asked('[sandbox:words=20] Stream', { stream: true })],
  ['whole, translated', asked('Whole', { model: 'anthropic/claude-haiku-5-5' })],
  ['a stream, translated', asked('Stream', { model: 'anthropic/claude-haiku-5-5', stream: true })],
])('the same key and body get the same answer and are charged once (%s)', async (name, body) => {
  const before = await settledWallet(member);
  const first = await call(name, body);
  const text = await first.text();
  const seen = await finished(member, idOf(first));
  const again = await call(name, body);
  expect(await again.text()).toBe(text);
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(idOf(again)).toBe(idOf(first));
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('OpenAI’s own client takes the repeat as it took the first', async () => {
  const openai = openaiOf(product);
  const create = () =>
    openai.chat.completions
      .create(
        { model: 'openai/gpt-6-luna', messages: [{ role: 'user', content: 'By the client' }] },
        {
          headers: { 'Idempotency-Key': 'by-the-client' },
        },
      )
      .withResponse();
  const first = await create();
  await finished(member, first.response.headers.get('x-mluen-generation')!);
  expect((await create()).data).toEqual(first.data);
});

test('a repeat while the first runs is refused with 409, many at once make one call, and one is charged', async () => {
  const before = await settledWallet(member);
  const body = asked('[sandbox:latency=700] At once');
  const answers = await Promise.all(Array.from({ length: 12 }, () => call('at-once', body)));
  const good = answers.filter(({ status }) => status === 200);
  expect(good).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expect(answer.status).toBe(409);
    expect(await codeOf(answer)).toBe('idempotency_key_in_use');
  }
  const seen = await finished(member, idOf(good[0]!));
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('the key with another body is refused with 422', async () => {
  const first = await call('one-body', asked('This'));
  await first.text();
  const other = await call('one-body', asked('That'));
  expect(other.status).toBe(422);
  expect(await codeOf(other)).toBe('idempotency_key_reused');
});

test('a call that failed cost nothing, and its repeat is tried anew', async () => {
  const before = await settledWallet(member);
  await misbehave(product.simulators.openai!, { status: 500 }, 1, { promptIncludes: 'Fails first' });
  const failed = await call('fails-first', asked('Fails first'));
  expect(failed.status).toBe(502);
  await finished(member, idOf(failed));
  const again = await call('fails-first', asked('Fails first'));
  expect(again.status).toBe(200);
  expect(idOf(again)).not.toBe(idOf(failed));
  const seen = await finished(member, idOf(again));
  expect(before.available - (await settledWallet(member)).available).toBe(BigInt(seen.chargedMicro));
});

test('what was refused before anything was held leaves the key free', async () => {
  const wrong = await call('refused', asked('x', { temperatur: 1 }));
  expect(wrong.status).toBe(400);
  const right = await call('refused', asked('x'));
  expect(right.status).toBe(200);
  await right.text();
});

test('who lost the line in the middle of a stream gets all of it by the repeat', async () => {
  const leaving = new AbortController();
  const body = asked('[sandbox:words=120] Lost line', { stream: true });
  const first = await call('lost-line', body, leaving.signal);
  await first.body!.getReader().read();
  leaving.abort();
  const seen = await finished(member, idOf(first));
  const again = await call('lost-line', body);
  const words = [...(await again.text()).matchAll(/^data: (\{.*\})$/gm)]
    .map(([, json]) => JSON.parse(json!).choices[0]?.delta.content ?? '')
    .join('');
  expect(words).toBe(seen.text);
});

test('keys of another API key, and keys that are too long, are other keys, or none', async () => {
  expect((await call('x'.repeat(256), asked('x'))).status).toBe(400);
  const { json } = await member.call<{ secret: string }>('POST', '/api/keys', { name: 'Another' });
  const mine = await call('shared-name', asked('Mine'));
  const theirs = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${json.secret}`, 'idempotency-key': 'shared-name' },
    body: JSON.stringify(asked('Mine')),
  });
  expect([mine.status, theirs.status]).toEqual([200, 200]);
  await Promise.all([mine.text(), theirs.text()]);
  expect(idOf(theirs)).not.toBe(idOf(mine));
});

test('after all of it the books are in order', async () => {
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
});
