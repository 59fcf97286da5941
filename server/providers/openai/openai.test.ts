import { expect, test } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { startOpenAi } from '#sandbox/openai/openai.ts';
import { captionsOf } from '../captions.ts';
import { aCall, type ContractCall, collect, faultOf, openBench, run } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import {
  adapterFor,
  type PartialResult,
  type ReplyAdapter,
  type TextAdapter,
  type Units,
} from '../provider.ts';
import { aPicture, aRecording, FILE_ID } from '../test-files.ts';
import { openai } from './openai.ts';

/** Seconds that were sent in, which the provider's books call seconds. */
const inputSeconds: ContractCall['agrees'] = (used, { second, ...booked }) =>
  expect(used).toEqual(second === undefined ? booked : { ...booked, input_second: second });

contractTests(openai, {
  start: startOpenAi,
  calls: [
    {
      operation: 'text',
      model: 'gpt-6-luna',
      fits: ['openai', 'CreateChatCompletionRequest'],
      params: { max_completion_tokens: 8192 },
    },
    {
      operation: 'image',
      model: 'gpt-image-2',
      fits: ['openai', 'CreateImageRequest'],
      params: { size: '1024x1024', quality: 'low', n: 1 },
      yields: 'image',
    },
    {
      operation: 'image',
      model: 'gpt-image-2.6-flare',
      params: { size: '1024x1024', quality: 'max', n: 2, images: [`file:${FILE_ID}`] },
      files: [await aPicture()],
      yields: 'image',
    },
    {
      operation: 'speech',
      model: 'gpt-4o-mini-tts',
      fits: ['openai', 'CreateSpeechRequest'],
      params: { voice: 'alloy', response_format: 'mp3', speed: 1 },
      yields: 'audio',
    },
    {
      operation: 'speech',
      model: 'tts-1',
      usage: 'asked',
      params: { voice: 'alloy', response_format: 'wav' },
      yields: 'audio',
    },
    ...['gpt-transcribe', 'gpt-4o-transcribe'].map((model) => ({
      operation: 'transcription' as const,
      model,
      params: { audio: `file:${FILE_ID}` },
      files: [aRecording()],
      wordless: true as const,
      agrees: inputSeconds,
    })),
  ],
});

const bench = openBench(openai, startOpenAi);
const text = openai.operations.text as TextAdapter;
const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];
const thinking: ContractCall = {
  operation: 'text',
  model: 'gpt-6-luna',
  params: { tools, reasoning_effort: 'low', max_completion_tokens: 4096 },
};

test('tools with an effort go by way of Responses, and tell the same events', async () => {
  const asked = aCall(thinking, 'What is the weather in Oslo? Use the weather tool.');
  const events = await collect(text, bench, asked);
  const end = events.at(-1);
  const booked = await bench.lastUse('gpt-6-luna');
  expect(end).toMatchObject({ type: 'end' });
  expect(Number((end as { usage: Units }).usage.output_token)).toBe(booked!.units.output_token);
  expect(text.passThrough!.takes!(asked.params)).toBe(false);
  if (specsMissing === null)
    expectToFit(await bench.lastBody(), 'openai', '/components/schemas/CreateResponse', false);
  const messages = [
    { role: 'user', content: 'Weather in Oslo?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
  ];
  const answered = await collect(
    text,
    bench,
    aCall({ ...thinking, params: { ...thinking.params, messages } }),
  );
  expect(answered.at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
});

test('a stream of Responses that is cut is a fault', async () => {
  const fault = await faultOf(collect(text, bench, aCall(thinking, 'x [sandbox:cut]')));
  expect(fault).toMatchObject({ accepted: 'yes' });
});

test('tools without an effort ask for none, and are passed through', async () => {
  const asked = aCall({ ...thinking, params: { tools, max_completion_tokens: 4096 } });
  expect((await collect(text, bench, asked)).at(-1)).toMatchObject({ type: 'end' });
  expect(await bench.lastBody()).toMatchObject({ reasoning_effort: 'none', store: false });
});

test.each(['srt', 'vtt'] as const)(
  'captions as %s are written from times, and what was used is told',
  async (format) => {
    const params = { audio: `file:${FILE_ID}`, response_format: format };
    const asked = aCall({
      operation: 'transcription',
      model: 'whisper-1',
      params,
      files: [aRecording(FILE_ID, 3)],
      wordless: true,
    });
    const done = await run(bench, adapterFor(openai, 'transcription', 'whisper-1'), asked);
    expect(done.text).toMatch(/00:00:00[.,]000 --> 00:00:03[.,]000\n\S/);
    expect(done.text!.startsWith(format === 'vtt' ? 'WEBVTT\n\n' : '1\n')).toBe(true);
    expect(done.usage).toEqual({ input_second: 3n });
  },
);

test('captions count their blocks and write each clock in the way of their format', () => {
  const segments = [
    { start: 0, end: 1.5, text: ' One.' },
    { start: 1.5, end: 3661.25, text: 'Two.' },
  ];
  expect(captionsOf(segments, 'srt')).toBe(
    '1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n00:00:01,500 --> 01:01:01,250\nTwo.\n',
  );
  expect(captionsOf(segments, 'vtt')).toContain('\n\n00:00:01.500 --> 01:01:01.250\nTwo.\n');
});

test('a picture is shown while it is made, as often as was asked, and each look is paid for', async () => {
  const params = { size: '1024x1024', quality: 'low', n: 1, partial_images: 2, output_format: 'webp' };
  const adapter = adapterFor(openai, 'image', 'gpt-image-2') as ReplyAdapter;
  for (const files of [[], [await aPicture()]]) {
    const asked = aCall({ operation: 'image', model: 'gpt-image-2', params, files });
    const looks: PartialResult[] = [];
    const done = await adapter.run(asked, { ...bench.context(), onPartial: (piece) => looks.push(piece) });
    expect(looks).toMatchObject([{ mediaType: 'image/webp' }, { mediaType: 'image/webp' }]);
    expect(done.artifacts).toHaveLength(1);
    expect(done.usage!.output_image_token).toBe(196n + 200n);
    expect(adapter.bound(asked).output_image_token! >= done.usage!.output_image_token!).toBe(true);
  }
  const several = aCall({ operation: 'image', model: 'gpt-image-2', params: { ...params, n: 2 } });
  expect((await adapter.run(several, bench.context())).artifacts).toHaveLength(2);
});

test('words of a recording come as they are understood, and the whole with its usage at the end', async () => {
  const params = { audio: `file:${FILE_ID}` };
  const model = 'gpt-4o-transcribe';
  const asked = aCall({
    operation: 'transcription',
    model,
    params,
    files: [aRecording(FILE_ID, 9)],
    wordless: true,
  });
  const words: string[] = [];
  const adapter = adapterFor(openai, 'transcription', model) as ReplyAdapter;
  const onPartial = (piece: PartialResult) => 'text' in piece && words.push(piece.text);
  const done = await adapter.run(asked, { ...bench.context(), onPartial });
  expect(words.length).toBeGreaterThan(2);
  expect(words.join('')).toBe(done.text);
  expect(Number(done.usage!.input_audio_token)).toBe((await bench.lastUse(model))!.units.input_audio_token);
});

test.each([['image', 'gpt-image-2', { size: '1024x1024', quality: 'low', partial_images: 3 }]] as const)(
  'a stream of an %s that is cut is a fault that may be billed',
  async (operation, model, params) => {
    const asked = aCall({ operation, model, params }, 'x');
    await bench.control('POST', 'faults', {
      match: { path: '/images' },
      times: 1,
      fault: { cutAfterChunks: 1 },
    });
    const fault = await faultOf(run(bench, adapterFor(openai, operation, model), asked));
    expect(fault.accepted).toBe('yes');
  },
);

test('a limit below what Responses takes is raised to it, and held for', async () => {
  const asked = aCall({ ...thinking, params: { ...thinking.params, max_completion_tokens: 1 } });
  expect(text.bound(asked, { maxOutputTokens: 1 }).output_token).toBe(16n);
  expect((await collect(text, bench, asked)).at(-1)).toMatchObject({ type: 'end', finish: 'length' });
});
