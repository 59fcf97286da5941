import { afterAll, beforeAll, expect, test } from 'vitest';
import { settledWallet } from '#tests/support/generating.ts';
import { type Host, startHost } from '#tests/support/host.ts';
import { discard, type Product, startProduct, theMember } from '#tests/support/product.ts';

/** A host of the operator's own, as Ollama answers. */
let host: Host;
let product: Product;
beforeAll(async () => {
  host = await startHost((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const models = { object: 'list', data: [{ id: 'llama-here', object: 'model' }] };
    const answer = {
      choices: [
        { index: 0, message: { role: 'assistant', content: 'From next door.' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    };
    response.end(JSON.stringify(request.url === '/v1/models' ? models : answer));
  });
  product = await startProduct({
    LOCAL_BASE_URL: `${host.url}/v1`,
  });
});
afterAll(async () => {
  await discard(product);
  host.close();
});

test('an answer that is charged at its own cost tells its tokens all the same', async () => {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({ model: 'xai/grok-4.3', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const { usage } = (await answer.json()) as { usage: Record<string, number> };
  expect(usage.prompt_tokens).toBeGreaterThan(3);
  expect(usage.completion_tokens).toBeGreaterThan(20);
  expect(Number(answer.headers.get('x-mluen-cost'))).toBeGreaterThan(0);
});

test('models of the market are on offer at its list prices, and an answer costs what it says, with our share', async () => {
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({
      model: 'openrouter/anthropic/claude-sonnet-5.5',
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  expect(answer.status).toBe(200);
  const { usage } = (await answer.json()) as { usage: { cost: number } };
  const cost = Math.ceil(Number((usage.cost * 1e6).toFixed(3)));
  expect(Number(answer.headers.get('x-mluen-cost')) * 1e6).toBeCloseTo(cost * 1.1, -1);
});

test('a model on the operator’s own host is on offer by its name, answers, and costs nothing', async () => {
  const member = await theMember(product);
  const before = await settledWallet(member);
  const answer = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.member.apiKey}` },
    body: JSON.stringify({ model: 'local/llama-here', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-mluen-cost')).toBe('0.000000');
  expect(await answer.text()).toContain('From next door.');
  expect(await settledWallet(member)).toEqual(before);
});
