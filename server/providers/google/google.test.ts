import { startGoogle } from '#sandbox/google/google.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
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
