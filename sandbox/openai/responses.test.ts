import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startOpenAi } from './openai.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startOpenAi({ paceMs: 0 });
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const model = 'gpt-6-luna';
const tools: OpenAI.Responses.FunctionTool[] = [
  {
    type: 'function',
    name: 'weather',
    strict: true,
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

test('a response thinks, answers and counts, and a stream gathers to the same', async () => {
  const whole = await client.responses.create({ model, input: 'Why is rain wet?', store: false });
  expect(whole.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  expect(whole.output_text).toContain('Why is rain wet?');
  expect(whole.usage?.output_tokens_details.reasoning_tokens).toBe(64);
  const streamed = await client.responses.stream({ model, input: 'Why is rain wet?' }).finalResponse();
  expect(streamed.output_text).toBe(whole.output_text);
  expect(streamed.usage).toEqual(whole.usage);
});

test('tools work together with reasoning here', async () => {
  const called = await client.responses
    .stream({ model, input: 'Rain in Yangon?', tools, tool_choice: 'required' })
    .finalResponse();
  const call = called.output.find(
    ({ type }) => type === 'function_call',
  ) as OpenAI.Responses.ResponseFunctionToolCall;
  expect(Object.keys(JSON.parse(call.arguments))).toEqual(['city']);
  const input = [
    { role: 'user' as const, content: 'Rain in Yangon?' },
    call,
    { type: 'function_call_output' as const, call_id: call.call_id, output: 'Heavy rain' },
  ];
  expect((await client.responses.create({ model, input, tools })).output_text).toContain('Heavy rain');
  await expect(client.responses.create({ model, input: input.slice(2) })).rejects.toThrow(
    'No tool call found',
  );
});

test('an answer that is too long is incomplete, a failed one fails, a declined one is a refusal', async () => {
  expect(await client.responses.create({ model, input: 'Long', max_output_tokens: 80 })).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  const failed = await Array.fromAsync(
    await client.responses.create({ model, input: '[sandbox:error]', stream: true }),
  );
  expect(failed.at(-1)?.type).toBe('response.failed');
  expect((await client.responses.create({ model, input: '[sandbox:refuse]' })).output.at(-1)).toMatchObject({
    content: [{ type: 'refusal' }],
  });
});

test('what is stored can be read and deleted, what is not is not there', async () => {
  const kept = await client.responses.create({ model, input: 'Keep' });
  expect((await client.responses.retrieve(kept.id)).id).toBe(kept.id);
  await client.responses.delete(kept.id);
  await expect(client.responses.retrieve(kept.id)).rejects.toMatchObject({ status: 404 });
  const gone = await client.responses.create({ model, input: 'Drop', store: false });
  await expect(client.responses.retrieve(gone.id)).rejects.toMatchObject({ status: 404 });
});

test.skipIf(specsMissing)('responses and events fit the public description', async () => {
  const schema = '/components/schemas/';
  const send = async (body: object) =>
    (
      await fetch(`${simulator.url}/v1/responses`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-test' },
        body: JSON.stringify(body),
      })
    ).text();
  const body = { model, input: 'Fit [sandbox:words=20]', store: false };
  expectToFit(body, 'openai', `${schema}CreateResponse`);
  expectToFit(JSON.parse(await send(body)), 'openai', `${schema}Response`);
  for (const data of dataOf(await send({ ...body, stream: true }))) {
    const event = JSON.parse(data) as { response?: { usage?: unknown } };
    // The real stream says null before there is any usage; the description knows only its absence.
    if (event.response?.usage === null) delete event.response.usage;
    expectToFit(event, 'openai', `${schema}ResponseStreamEvent`);
  }
});
