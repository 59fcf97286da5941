import { expect, test } from 'vitest';
import { startElevenLabs } from '#sandbox/elevenlabs/elevenlabs.ts';
import { aCall, type ContractCall, faultOf, openBench, run } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { adapterFor, type PartialResult, type ReplyAdapter } from '../provider.ts';
import { aRecording, FILE_ID } from '../test-files.ts';
import { dialogueOf } from './dialogue.ts';
import { elevenlabs } from './elevenlabs.ts';

/** The books hold credits and characters; ours hold what the call is priced by. */
const only =
  (unit: string): ContractCall['agrees'] =>
  (used, booked) =>
    expect(used).toEqual({ [unit]: booked[unit] });

const section = {
  section_name: 'Verse',
  positive_local_styles: ['soft'],
  negative_local_styles: [],
  duration_ms: 7000,
  lines: ['la la'],
};
const plan = { positive_global_styles: ['piano'], negative_global_styles: [], sections: [section, section] };

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
      operation: 'speech',
      model: 'eleven_multilingual_v2',
      fits: ['elevenlabs', 'Body_text_to_speech_full_with_timestamps'],
      params: { voice: 'JBFqnCBsd6RMkjVDRZzb', timestamps: true, output_format: 'mp3_44100_128' },
      yields: 'audio',
      agrees: only('credit'),
    },
    {
      operation: 'speech',
      model: 'text-to-dialogue',
      bookedAs: 'eleven_v3',
      fits: ['elevenlabs', 'Body_Text_to_dialogue__multi_voice__v1_text_to_dialogue_post'],
      params: { voices: ['JBFqnCBsd6RMkjVDRZzb', 'EXAVITQu4vr4xnSDxMaL'], stability: 0.5 },
      yields: 'audio',
      agrees: only('credit'),
    },
    {
      operation: 'sound',
      model: 'audio-isolation',
      usage: 'asked',
      params: { audio: `file:${FILE_ID}` },
      files: [aRecording(FILE_ID, 3)],
      wordless: true,
      yields: 'audio',
      agrees: only('input_second'),
    },
    {
      operation: 'music',
      model: 'music_v1',
      usage: 'asked',
      fits: ['elevenlabs', 'Body_Compose_music_v1_music_post'],
      params: { composition_plan: plan, seed: 4, respect_sections_durations: false },
      wordless: true,
      yields: 'audio',
      agrees: only('second'),
    },
    {
      operation: 'sound',
      model: 'eleven_text_to_sound_v2',
      usage: 'asked',
      fits: ['elevenlabs', 'Body_Sound_Generation_v1_sound_generation_post'],
      params: { duration: 5, prompt_influence: 0.3, loop: false, output_format: 'mp3_44100_128' },
      yields: 'audio',
      agrees: only('second'),
    },
    {
      operation: 'music',
      model: 'music_v2',
      usage: 'asked',
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

const bench = openBench(elevenlabs, startElevenLabs);

test('speech and transcripts bring captions where they are asked for', async () => {
  const spoken = await run(
    bench,
    adapterFor(elevenlabs, 'speech', 'eleven_multilingual_v2'),
    aCall({
      operation: 'speech',
      model: 'eleven_multilingual_v2',
      params: { voice: 'JBFqnCBsd6RMkjVDRZzb', timestamps: true },
    }),
  );
  expect(spoken.text).toMatch(/^1\n00:00:00,000 --> 00:00:0\d,\d{3}\nA lighthouse at dusk/);
  const heard = await run(
    bench,
    adapterFor(elevenlabs, 'transcription', 'scribe_v2'),
    aCall({
      operation: 'transcription',
      model: 'scribe_v2',
      params: { audio: `file:${FILE_ID}`, response_format: 'srt', keyterms: ['Mluen', 'quay'] },
      files: [aRecording(FILE_ID, 3)],
      wordless: true,
    }),
  );
  expect(heard.text).toMatch(/^1\n00:00:00,000 --> 00:00:03,000\n\w/);
});

test('a dialogue gives each name a voice, in the order in which they speak', async () => {
  const words = 'Anna: [laughs] Good morning.\nBen: Morning.\nAt 10:30 we leave.\nAnna: Fine.';
  const call = aCall(
    { operation: 'speech', model: 'text-to-dialogue', params: { voices: ['va', 'vb'] } },
    words,
  );
  expect(dialogueOf(call)).toEqual([
    { text: '[laughs] Good morning.', voice_id: 'va' },
    { text: 'Morning.\nAt 10:30 we leave.', voice_id: 'vb' },
    { text: 'Fine.', voice_id: 'va' },
  ]);
});

test.each([
  ['eleven_flash_v2_5', 'mp3_44100_128', true],
  ['eleven_flash_v2_5', 'wav_44100', false],
])('%s in %s is handed on while it is made: %s', async (model, output_format, isHeard) => {
  const params = { voice: 'JBFqnCBsd6RMkjVDRZzb', output_format };
  const call = aCall({ operation: 'speech', model, params });
  const adapter = adapterFor(elevenlabs, 'speech', model) as ReplyAdapter;
  const heard: Buffer[] = [];
  const onPartial = (piece: PartialResult) => 'sound' in piece && heard.push(piece.sound);
  const done = await adapter.run(call, { ...bench.context(), onPartial });
  const [artifact] = done.artifacts;
  expect(heard.length > 1).toBe(isHeard);
  if (isHeard) expect(Buffer.concat(heard).equals((artifact as { bytes: Buffer }).bytes)).toBe(true);
  expect(Number(done.usage!.credit)).toBe((await bench.lastUse(model))!.units.credit);
});

test('speech that is cut while it is heard is a fault that may be billed', async () => {
  await bench.control('POST', 'faults', { times: 1, fault: { cutAfterChunks: 1 } });
  const model = 'eleven_flash_v2_5';
  const call = aCall({ operation: 'speech', model, params: { voice: 'JBFqnCBsd6RMkjVDRZzb' } });
  const adapter = adapterFor(elevenlabs, 'speech', model) as ReplyAdapter;
  const context = { ...bench.context(), onPartial: () => undefined };
  expect((await faultOf(adapter.run(call, context))).accepted).toBe('yes');
});
