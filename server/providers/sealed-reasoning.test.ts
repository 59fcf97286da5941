import { describe, expect, test } from 'vitest';
import { startAnthropic } from '#sandbox/anthropic/anthropic.ts';
import { startGoogle } from '#sandbox/google/google.ts';
import { startOpenAi } from '#sandbox/openai/openai.ts';
import { startCommercialHost } from '#sandbox/openai-compatible/commercial.ts';
import { anthropic } from './anthropic/anthropic.ts';
import { type Bench, collect, faultOf, openBench, type Simulator } from './contract-bench.ts';
import { google } from './google/google.ts';
import { openai } from './openai/openai.ts';
import { xai } from './openai-compatible/hosts.ts';
import { openrouter } from './openai-compatible/openrouter.ts';
import type { Call, Provider, TextAdapter, TextEvent } from './provider.ts';
import { interleave, sealedFor } from './sealed-reasoning.ts';
import type { ReasoningDetail, TextMessage } from './text-params.ts';
import { addFragment, type ToolCall } from './tool-calls.ts';

const tools = ['weather_in', 'time_in'].map((name) => ({
  type: 'function' as const,
  function: {
    name,
    description: `Tells the ${name}`,
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
}));

interface Case {
  provider: Provider;
  start: () => Promise<Simulator>;
  model: string;
  /** One that cannot read what the first sealed. */
  other: string;
  params?: Record<string, unknown>;
}

const cases: Case[] = [
  {
    provider: anthropic,
    start: () => startAnthropic({ paceMs: 1 }),
    model: 'claude-sonnet-5-5',
    other: 'claude-opus-5-5',
  },
  {
    provider: anthropic,
    start: () => startAnthropic({ paceMs: 1 }),
    model: 'claude-haiku-4-5-20251001',
    other: 'claude-opus-4-5',
    params: { thinking_budget: 1024 },
  },
  {
    provider: google,
    start: () => startGoogle({ paceMs: 1 }),
    model: 'gemini-3.8-flash',
    other: 'gemini-4-argon',
  },
  {
    provider: openai,
    start: () => startOpenAi({ paceMs: 1 }),
    model: 'gpt-6.1-sol',
    other: 'gpt-6-sol',
    params: { reasoning_effort: 'low' },
  },
  {
    provider: xai,
    start: () => startCommercialHost('xai', { paceMs: 1 }),
    model: 'grok-4.7',
    other: 'grok-4.6',
    params: { reasoning_effort: 'low' },
  },
  {
    provider: openrouter,
    start: () => startCommercialHost('openrouter', { paceMs: 1 }),
    model: 'anthropic/claude-sonnet-5.5',
    other: 'deepseek/deepseek-v4-pro',
  },
];

describe.each(cases)('$provider.id text: $model', ({ provider, start, model, other, params }) => {
  const bench = openBench(provider, start);
  const adapter = provider.operations.text as TextAdapter;
  const ask = (messages: TextMessage[], upstreamModel = model) =>
    collect(adapter, bench, callOf(upstreamModel, { ...params, tools, messages }));
  const question: TextMessage = { role: 'user', content: 'Use weather_in and time_in for Lisbon.' };

  test('what it sealed before calling tools goes back with their results, as it was', async () => {
    const answer = answerOf(await ask([question]));
    expect(answer.tool_calls).toHaveLength(2);
    expect(answer.reasoning_details?.length).toBeGreaterThan(0);
    const next = [question, answer, ...resultsOf(answer)];
    expect((await ask(next)).at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
    for (const seal of sealsIn(answer)) expect(await sentTo(bench)).toContain(seal);
  });

  test('it refuses a seal that was tampered with', async () => {
    const answer = answerOf(await ask([question]));
    const forged = withDetails(answer, (detail) => ({
      ...detail,
      ...(detail.signature && { signature: turned(detail.signature) }),
      ...(detail.data && { data: turned(detail.data) }),
    }));
    const fault = await faultOf(ask([question, forged, ...resultsOf(forged)]));
    expect(fault, fault.detail).toMatchObject({ kind: 'bad_input', accepted: 'no' });
    expect(fault.detail).toMatch(/signature|encrypted/);
  });

  test('another model gets no seal of it, and goes on all the same', async () => {
    const answer = answerOf(await ask([question]));
    const events = await ask([question, answer, ...resultsOf(answer)], other);
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
    for (const seal of sealsIn(answer)) expect(await sentTo(bench)).not.toContain(seal);
  });

  test('a client that dropped the seals goes on all the same', async () => {
    const { reasoning_details: _, ...bare } = answerOf(await ask([question]));
    const events = await ask([question, bare, ...resultsOf(bare)]);
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
  });

  test('after an answer in words, its seals go back with the next question', async () => {
    const first: TextMessage = { role: 'user', content: 'What is a lighthouse?' };
    const answer = answerOf(await ask([first]));
    expect(sealsIn(answer)).not.toEqual([]);
    const next: TextMessage = { role: 'user', content: 'And a buoy?' };
    expect((await ask([first, answer, next])).at(-1)).toMatchObject({ finish: 'stop' });
    for (const seal of sealsIn(answer)) expect(await sentTo(bench)).toContain(seal);
  });
});

test('a sealed block stands where it stood, however many others there are', () => {
  const sealed = [
    { index: 0, block: 'thought' },
    { index: 2, block: 'second thought' },
  ];
  expect(interleave(sealed, ['words', 'call'])).toEqual(['thought', 'words', 'second thought', 'call']);
  expect(interleave(sealed, ['call'])).toEqual(['thought', 'call', 'second thought']);
  expect(interleave(sealed, [])).toEqual(['thought', 'second thought']);
});

test('only what the same model sealed in the same format is handed over, in its order', () => {
  const detail = (format: string, model: string, index: number) =>
    ({ type: 'reasoning.encrypted', format, model, index, data: 'x' }) as const;
  const message: TextMessage = {
    role: 'assistant',
    content: '',
    reasoning_details: [detail('a', 'm', 2), detail('a', 'n', 1), detail('b', 'm', 1), detail('a', 'm', 0)],
  };
  expect(sealedFor(message, 'a', 'm').map(({ index }) => index)).toEqual([0, 2]);
});

function callOf(upstreamModel: string, params: Record<string, unknown>): Call {
  return {
    generationId: crypto.randomUUID(),
    operation: 'text',
    upstreamModel,
    params: { max_completion_tokens: 4096, ...params },
    files: [],
    memberHash: 'a3f0c1',
  };
}

/** The assistant message that a caller would send back. */
function answerOf(events: TextEvent[]): TextMessage {
  const calls: ToolCall[] = [];
  const details: ReasoningDetail[] = [];
  let content = '';
  for (const event of events) {
    if (event.type === 'text') content += event.text;
    if (event.type === 'tool_call') addFragment(calls, event);
    if (event.type === 'sealed') details.push(event.detail);
  }
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    reasoning_details: details,
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id = '', name = '', arguments: text }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: text },
      })),
    }),
  };
}

const resultsOf = ({ tool_calls = [] }: TextMessage): TextMessage[] =>
  tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'Mild.' }));

const sealsIn = ({ reasoning_details = [] }: TextMessage): string[] =>
  reasoning_details.flatMap(({ signature, data }) => signature ?? data ?? []);

const withDetails = (
  message: TextMessage,
  change: (detail: ReasoningDetail) => ReasoningDetail,
): TextMessage => ({ ...message, reasoning_details: message.reasoning_details?.map(change) });

const turned = (seal: string): string => seal.slice(0, -6) + [...seal.slice(-6)].reverse().join('');

const sentTo = async (bench: Bench): Promise<string> => JSON.stringify(await bench.lastBody());
