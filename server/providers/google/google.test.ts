import { expect, test } from 'vitest';
import { startGoogle } from '#sandbox/google/google.ts';
import { aCall, type ContractCall, collect, openBench, run } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { adapterFor, type TextAdapter } from '../provider.ts';
import { aPicture, aRecording, FILE_ID } from '../test-files.ts';
import { google } from './google.ts';

contractTests(google, {
  start: startGoogle,
  calls: [
    {
      operation: 'text',
      model: 'gemini-3.8-flash',
      fits: ['gemini', 'GenerateContentRequest'],
      params: { max_completion_tokens: 8192 },
    },
    {
      operation: 'image',
      model: 'gemini-3-pro-image',
      fits: ['gemini', 'GenerateContentRequest'],
      params: { aspect_ratio: '16:9', image_size: '2K', images: [`file:${FILE_ID}`] },
      files: [await aPicture()],
      yields: 'image',
    },
    {
      operation: 'speech',
      model: 'gemini-3.8-flash-tts',
      fits: ['gemini', 'GenerateContentRequest'],
      params: { voice: 'Kore', style: 'warm' },
      yields: 'audio',
    },
    {
      operation: 'video',
      model: 'gemini-omni-1.1-flash',
      params: { first_frame: `file:${FILE_ID}`, duration: 5, resolution: '720p', aspect_ratio: '16:9' },
      files: [await aPicture()],
      yields: 'video',
    },
  ],
});

const bench = openBench(google, startGoogle);

test('a dialogue is said by two voices, each line by whom it belongs to', async () => {
  const call: ContractCall = {
    operation: 'speech',
    model: 'gemini-3.8-flash-tts',
    params: { voice: 'Kore', second_voice: 'Puck', style: 'warm' },
  };
  const adapter = adapterFor(google, 'speech', call.model);
  const { artifacts } = await run(
    bench,
    adapter,
    aCall(call, 'A: Good evening.\nStill you.\nB: And you?\nB: So late.'),
  );
  expect(artifacts).toHaveLength(1);
  const body = (await bench.lastBody()) as { contents: { parts: unknown[] }[]; generationConfig: unknown };
  expect(body.contents[0]!.parts).toEqual([
    { text: 'Good evening.\nStill you.', speechMetadata: { style: 'warm', speaker: 'A' } },
    { text: 'And you?\nSo late.', speechMetadata: { style: 'warm', speaker: 'B' } },
  ]);
  expect(JSON.stringify(body.generationConfig)).toContain('multiSpeakerVoiceConfig');
});

test('sound that goes in is counted apart, as some models charge more for it', async () => {
  const { bytes } = aRecording();
  const content = [
    { type: 'text', text: 'What is said?' },
    { type: 'input_audio', input_audio: { data: bytes.toString('base64'), format: 'wav' } },
  ];
  const model = 'gemini-3.1-flash-lite';
  const asked = aCall({ operation: 'text', model, params: { messages: [{ role: 'user', content }] } });
  const adapter = google.operations.text as TextAdapter;
  const end = (await collect(adapter, bench, asked)).at(-1) as { usage: Record<string, bigint> };
  expect(Number(end.usage.input_audio_token)).toBe((await bench.lastUse(model))!.units.input_audio_token);
  const held = adapter.bound(asked, { maxOutputTokens: 100 });
  expect(held.input_audio_token! >= end.usage.input_audio_token!).toBe(true);
});

test('a picture says how closely it is looked at, and one filter serves all categories', async () => {
  const picture = await aPicture();
  const url = `data:image/png;base64,${picture.bytes.toString('base64')}`;
  const content = [{ type: 'image_url', image_url: { url, detail: 'original' } }];
  const asked = aCall({
    operation: 'text',
    model: 'gemini-3.8-flash',
    params: { messages: [{ role: 'user', content }], safety_threshold: 'BLOCK_ONLY_HIGH' },
  });
  await collect(google.operations.text as TextAdapter, bench, asked);
  const body = (await bench.lastBody()) as { contents: unknown; safetySettings: unknown[]; store: boolean };
  expect(body.safetySettings).toHaveLength(4);
  expect(body.store).toBe(false);
  expect(JSON.stringify(body.contents)).toContain(
    '"mediaResolution":{"level":"MEDIA_RESOLUTION_ULTRA_HIGH"}',
  );
});

test('a long beginning that comes again is read from the cache, at its own price', async () => {
  const model = 'gemini-3.8-flash';
  const words = 'The tide comes in and goes out. '.repeat(500);
  const asked = aCall({ operation: 'text', model }, words);
  const usageOf = async () => {
    const end = (await collect(google.operations.text as TextAdapter, bench, asked)).at(-1);
    return (end as { usage: Record<string, bigint> }).usage;
  };
  const [first, second] = [await usageOf(), await usageOf()];
  expect(first.cached_input_token).toBeUndefined();
  expect(Number(second.cached_input_token)).toBe((await bench.lastUse(model))!.units.cached_input_token);
  expect(second.cached_input_token! + second.input_token!).toBe(first.input_token);
});
