import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '#tests/support/generating.ts';
import { openaiOf } from '#tests/support/openai.ts';
import { discard, type Product, startWithMember, theStaff, type Visitor } from '#tests/support/product.ts';

/** Reasoning that a provider wants back unread goes along from turn to turn, in the studio and through the API. */
let product: Product;
let member: Visitor;
let openai: OpenAI;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  openai = openaiOf(product);
});
afterAll(() => discard(product));

type Message = OpenAI.Chat.Completions.ChatCompletionMessage & {
  reasoning?: string;
  reasoning_details?: { signature?: string; data?: string }[];
};
type Ask = OpenAI.Chat.Completions.ChatCompletionMessageParam[];

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather_in',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];
const models = [
  ['anthropic', 'anthropic/claude-sonnet-5-5', {}],
  ['google', 'google/gemini-3.8-flash', {}],
  ['openai', 'openai/gpt-6.1-sol', { reasoning_effort: 'low' as const }],
] as const;

/** The body of the last call that a simulator was given. */
async function lastBody(provider: string): Promise<string> {
  const answer = await fetch(`${product.simulators[provider]}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { method: string; body?: string }[] };
  return requests.findLast(({ method }) => method === 'POST')?.body ?? '';
}

const sealsIn = ({ reasoning_details = [] }: Pick<Message, 'reasoning_details'>) =>
  reasoning_details.flatMap(({ signature, data }) => signature ?? data ?? []);

test.each(models)(
  '%s: a client that sends the whole message back keeps the thread of its tools',
  async (provider, model, more) => {
    const asked: Ask = [{ role: 'user', content: 'Use weather_in for Lisbon.' }];
    const first = await openai.chat.completions.create({ model, messages: asked, tools, ...more });
    const message = first.choices[0]!.message as Message;
    expect(sealsIn(message)).not.toEqual([]);
    const result = { role: 'tool' as const, tool_call_id: message.tool_calls![0]!.id, content: 'Mild.' };
    const next = await openai.chat.completions.create({
      model,
      messages: [...asked, message, result],
      tools,
      ...more,
    });
    expect(next.choices[0]!.message.content).toContain('Mild');
    for (const seal of sealsIn(message)) expect(await lastBody(provider)).toContain(seal);
  },
);

test.each(models)(
  '%s: a stream tells thoughts as they come, and the seals whole with its end',
  async (provider, model, more) => {
    const asked: Ask = [{ role: 'user', content: 'Use weather_in for Lisbon.' }];
    const stream = openai.chat.completions.stream({
      model,
      messages: asked,
      tools,
      stream_options: { include_usage: true },
      ...more,
    });
    const whole = await stream.finalChatCompletion();
    const message = whole.choices[0]!.message as Message;
    expect(message.reasoning).toBeTruthy();
    expect(whole.usage!.completion_tokens_details!.reasoning_tokens).toBeGreaterThan(0);
    expect(sealsIn(message)).not.toEqual([]);
    const result = { role: 'tool' as const, tool_call_id: message.tool_calls![0]!.id, content: 'Mild.' };
    const { parsed: _, ...said } = message as Message & { parsed?: unknown };
    await openai.chat.completions.create({ model, messages: [...asked, said, result], tools, ...more });
    for (const seal of sealsIn(message)) expect(await lastBody(provider)).toContain(seal);
  },
);

test('another provider’s seals are left out, and the conversation goes on', async () => {
  const asked: Ask = [{ role: 'user', content: 'What is a lighthouse?' }];
  const first = await openai.chat.completions.create({ model: models[0][1], messages: asked });
  const message = first.choices[0]!.message as Message;
  expect(sealsIn(message)).not.toEqual([]);
  const messages: Ask = [...asked, message, { role: 'user', content: 'And a buoy?' }];
  for (const [provider, model] of models.slice(1)) {
    const next = await openai.chat.completions.create({ model, messages });
    expect(next.choices[0]!.finish_reason).toBe('stop');
    for (const seal of sealsIn(message)) expect(await lastBody(provider)).not.toContain(seal);
  }
});

test('a seal that was tampered with is refused in the provider’s name, and costs nothing', async () => {
  const asked: Ask = [{ role: 'user', content: 'What is a lighthouse?' }];
  const first = await openai.chat.completions.create({ model: models[0][1], messages: asked });
  const message = first.choices[0]!.message as Message;
  const forged = {
    ...message,
    reasoning_details: message.reasoning_details!.map((detail) => ({ ...detail, signature: 'AAAA' })),
  };
  const again = openai.chat.completions.create({
    model: models[0][1],
    messages: [...asked, forged, { role: 'user', content: 'And a buoy?' }],
  });
  await expect(again).rejects.toMatchObject({ status: 400 });
});

test('in the studio the answer is named, its seal goes along, and nobody is shown it', async () => {
  const modelId = models[0][1];
  const question = { role: 'user', content: 'What is a lighthouse?' };
  const first = await run(member, { modelId, params: { messages: [question] } });
  expect(first.state).toBe('settled');
  expect(JSON.stringify(first)).not.toMatch(/signature|reasoning_?details/i);
  const messages = [
    question,
    { role: 'assistant', content: first.text, generation_id: first.id },
    { role: 'user', content: 'And a buoy?' },
  ];
  const next = await run(member, { modelId, params: { messages } });
  expect(next.state).toBe('settled');
  expect(JSON.stringify(next)).not.toMatch(/signature|reasoning_?details/i);
  const body = await lastBody('anthropic');
  expect(JSON.parse(body).messages[1].content[0]).toMatchObject({
    type: 'thinking',
    signature: expect.any(String),
  });
  expect(body).not.toContain(first.id);
});

test('what goes along is held for, and an answer of another person brings nothing', async () => {
  const modelId = models[0][1];
  const question = { role: 'user', content: 'What is a lighthouse?' };
  const own = await run(member, { modelId, params: { messages: [question] } });
  const boundFor = async (visitor: Visitor, named: object) => {
    const answer = { role: 'assistant', content: own.text, ...named };
    const messages = [question, answer, { role: 'user', content: 'And a buoy?' }];
    const ask = { modelId, params: { messages }, fileIds: [] };
    const { json } = await visitor.call<{ boundMicro: string }>('POST', '/api/quotes', ask);
    return BigInt(json.boundMicro);
  };
  const named = { generation_id: own.id };
  expect(await boundFor(member, named)).toBeGreaterThan(await boundFor(member, {}));
  const staff = await theStaff(product);
  expect(await boundFor(staff, named)).toBe(await boundFor(staff, {}));
});
