import { expect } from 'vitest';
import { startOpenAi } from '#sandbox/openai/openai.ts';
import type { ContractCall } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
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
