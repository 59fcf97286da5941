import type { ShippedModel, ShippedProvider } from '#server/catalogue/shipped.ts';
import {
  format,
  heardLanguage,
  keepToPlan,
  keyterms,
  musicLength,
  musicPrompt,
  nameSounds,
  noVoice,
  plan,
  soundFields,
  tellSpeakersApart,
} from './elevenlabs-fields.ts';
import { elevenVoices, FORMATS, PAGE } from './elevenlabs-voices.ts';
import { musicExamples, soundExamples, transcriptExamples } from './examples.ts';
import { ELEVENLABS } from './file-limits.ts';
import { takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, decimal, file, flag, oneOf, seed, whole, words } from './schema.ts';
import { NO_FILES } from './text.ts';

const AUDIO_AND_VIDEO = ['audio/*', 'video/*'];

function scribe(id: string, name: string, summary: string, late: boolean): ShippedModel {
  return mediaModel({
    id: `elevenlabs/${id.replaceAll('_', '-')}`,
    upstream: id,
    kind: 'transcription',
    name,
    summary,
    fields: {
      audio: file('Recording', 'Sound or video with speech.', 'audio'),
      language_code: heardLanguage(),
      diarize: tellSpeakersApart(),
      diarization_threshold: decimal(
        'How easily speakers are told apart',
        'Higher finds fewer speakers; with speakers told apart, and only where their number is not given.',
        { min: 0.1, max: 0.4 },
        { group: 'output', advanced: true },
      ),
      response_format: choice('Form', 'The words, or captions with their times.', ['json', 'srt'], 'json', {
        group: 'output',
        labels: { json: 'Words', srt: 'SRT captions' },
      }),
      keyterms: keyterms('a fifth', 49),
      num_speakers: whole(
        'Speakers',
        'The most people that speak.',
        { min: 1, max: 32 },
        { group: 'input', advanced: true },
      ),
      timestamps_granularity: choice(
        'Times',
        'Whether times are given by word or by letter.',
        ['none', 'word', 'character'],
        'word',
        { group: 'output', advanced: true },
      ),
      tag_audio_events: nameSounds(),
      ...(late
        ? {
            no_verbatim: flag('Tidy', 'Leaves out "uh" and false starts.', false, {
              group: 'output',
              advanced: true,
            }),
          }
        : {}),
      temperature: decimal(
        'Temperature',
        'Higher guesses more freely.',
        { min: 0, max: 2 },
        { group: 'style', advanced: true },
      ),
      seed: seed(2_147_483_647),
    },
    required: ['audio'],
    accepts: takes(AUDIO_AND_VIDEO, 1, 1024, ELEVENLABS),
    examples: transcriptExamples,
    rules: {
      dependentRequired: { diarization_threshold: ['diarize'] },
      dependentSchemas: {
        diarization_threshold: { properties: { diarize: { const: true }, num_speakers: false } },
      },
    },
    prices: [
      price('input_second', '0.22', PAGE, { per: 3600 }),
      price('input_second', '0.264', PAGE, { per: 3600, when: { 'keyterms?': true } }),
    ],
    typical: { label: '10 minutes of speech', units: { input_second: 600 }, params: {} },
  });
}

function music(id: string, name: string, summary: string): ShippedModel {
  return mediaModel({
    id: `elevenlabs/${id.replaceAll('_', '-')}`,
    upstream: id,
    kind: 'music',
    name,
    summary,
    fields: {
      prompt: musicPrompt(),
      lyrics_text: words('Words', 'What is sung.', 4000, {
        group: 'input',
        widget: 'prompt',
        advanced: true,
      }),
      duration: musicLength('How many seconds the piece lasts. Each is charged.'),
      force_instrumental: noVoice(),
      composition_plan: plan(
        'Instead of words: the piece section by section, with styles, lengths and what is sung. It has its own length.',
      ),
      respect_sections_durations: keepToPlan(
        'Keeps each section as long as planned, at some cost of the music.',
      ),
      generation_mode: choice(
        'Use',
        'A piece with beginning and end, one that can be repeated, or sound for a room.',
        ['track', 'loop', 'ambience'],
        'track',
        { group: 'style', advanced: true },
      ),
      seed: seed(2_147_483_647),
      sign_with_c2pa: flag('Mark of origin', 'Signs MP3 files as made by a machine.', false, {
        group: 'output',
        advanced: true,
      }),
      output_format: choice('Format', 'Kind of file.', ['auto', ...FORMATS], 'auto', {
        group: 'output',
        advanced: true,
      }),
    },
    required: [],
    rules: { ...oneOf('prompt', 'composition_plan'), dependentRequired: { seed: ['composition_plan'] } },
    accepts: NO_FILES,
    examples: musicExamples,
    prices: [price('second', '0.30', PAGE, { per: 60 })],
    typical: { label: '1 minute of music', units: { second: 60 }, params: { duration: 60 } },
  });
}

const others: ShippedModel[] = [
  scribe('scribe_v2', 'Scribe v2', 'Writes down speech in ninety languages, with times and speakers.', true),
  scribe('scribe_v1', 'Scribe v1', 'The Scribe before.', false),
  mediaModel({
    id: 'elevenlabs/eleven-text-to-sound-v2',
    upstream: 'eleven_text_to_sound_v2',
    kind: 'sound',
    name: 'Eleven Sound Effects v2',
    summary: 'Sounds from words: footsteps, storms, doors, spaceships.',
    fields: {
      ...soundFields(30, 'How many seconds the sound lasts.'),
      output_format: format(FORMATS),
    },
    accepts: NO_FILES,
    examples: soundExamples,
    // 100 credits for a call; up to 20 credits a second have been seen when a length is set, which we always do.
    prices: [
      price('second', '0.024', { ...PAGE, basis: 'derived' }),
      price('credit', '0.12', PAGE, { per: 100 }),
    ],
    typical: { label: '5 seconds of sound', units: { second: 5 }, params: { duration: 5 } },
  }),
  mediaModel({
    id: 'elevenlabs/voice-isolator',
    upstream: 'audio-isolation',
    kind: 'sound',
    name: 'Eleven Voice Isolator',
    summary: 'Takes noise and music out of a recording, and leaves the voice.',
    fields: { audio: file('Recording', 'Sound with a voice.', 'audio') },
    required: ['audio'],
    accepts: takes(['audio/*'], 1, 500),
    examples: ['An interview in a café', 'A speech in the wind', 'A voice note beside a road'],
    prices: [price('input_second', '0.12', PAGE, { per: 60 })],
    typical: { label: '1 minute of sound', units: { input_second: 60 }, params: {} },
  }),
  music('music_v2', 'Eleven Music v2', 'Whole pieces with or without voice, up to ten minutes.'),
  music('music_v1', 'Eleven Music v1', 'The music model before.'),
];

export const elevenlabs: ShippedProvider = {
  id: 'elevenlabs',
  name: 'ElevenLabs',
  models: [...elevenVoices, ...others],
};
