import { expect } from 'vitest';
import { startElevenLabs } from '#sandbox/elevenlabs/elevenlabs.ts';
import type { ContractCall } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { aRecording, FILE_ID } from '../test-files.ts';
import { elevenlabs } from './elevenlabs.ts';

/** The books hold credits and characters; ours hold what the call is priced by. */
const only =
  (unit: string): ContractCall['agrees'] =>
  (used, booked) =>
    expect(used).toEqual({ [unit]: booked[unit] });

contractTests(elevenlabs, {
  start: startElevenLabs,
  calls: [
    {
      operation: 'speech',
      model: 'eleven_flash_v2_5',
      fits: ['elevenlabs', 'Body_text_to_speech_full'],
      params: { voice: 'JBFqnCBsd6RMkjVDRZzb', stability: 0.5, output_format: 'mp3_44100_128' },
      yields: 'audio',
      agrees: only('credit'),
    },
    {
      operation: 'sound',
      model: 'eleven_text_to_sound_v2',
      fits: ['elevenlabs', 'Body_Sound_Generation_v1_sound_generation_post'],
      params: { duration: 5, prompt_influence: 0.3, loop: false, output_format: 'mp3_44100_128' },
      yields: 'audio',
      agrees: only('second'),
    },
    {
      operation: 'music',
      model: 'music_v2',
      fits: ['elevenlabs', 'Body_Compose_music_v1_music_post'],
      params: { duration: 10, force_instrumental: true, output_format: 'auto' },
      yields: 'audio',
      agrees: only('second'),
    },
    {
      operation: 'transcription',
      model: 'scribe_v2',
      params: { audio: `file:${FILE_ID}`, diarize: true, tag_audio_events: true },
      files: [aRecording(FILE_ID, 3)],
      wordless: true,
    },
  ],
});
