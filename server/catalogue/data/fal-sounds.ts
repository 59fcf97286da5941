import type { ShippedModel } from '#server/catalogue/shipped.ts';
import {
  context,
  format,
  heardLanguage,
  keepToPlan,
  keyterms,
  likeness,
  manner,
  musicLength,
  musicPrompt,
  nameSounds,
  noVoice,
  numbersAndDates,
  plan,
  soundFields,
  spokenLanguage,
  stability,
  tellSpeakersApart,
} from './elevenlabs-fields.ts';
import { musicExamples, soundExamples, speechExamples, transcriptExamples } from './examples.ts';
import { falPage } from './fal-images.ts';
import { speed, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { file, oneOf, prompt, shaped } from './schema.ts';
import { NO_FILES } from './text.ts';

/** ElevenLabs’ voices, sounds, music and transcripts that fal resells. */

const VOICES = [
  'Rachel',
  'Aria',
  'Roger',
  'Sarah',
  'Laura',
  'Charlie',
  'George',
  'Liam',
  'Charlotte',
  'Lily',
];
const FORMATS = [
  ...['mp3_44100_128', 'mp3_44100_192', 'mp3_44100_96', 'mp3_44100_64', 'mp3_44100_32', 'mp3_22050_32'],
  ...['pcm_48000', 'pcm_44100', 'pcm_24000', 'pcm_22050', 'pcm_16000', 'pcm_8000', 'ulaw_8000', 'alaw_8000'],
  ...['opus_48000_192', 'opus_48000_128', 'opus_48000_96', 'opus_48000_64', 'opus_48000_32'],
];
type Fields = Parameters<typeof mediaModel>[0]['fields'];

function voice(id: string, name: string, summary: string, longest: number, more: Fields): ShippedModel {
  const endpoint = `fal-ai/elevenlabs/tts/${id}`;
  return mediaModel({
    id: `fal/elevenlabs-${id}`,
    upstream: endpoint,
    kind: 'speech',
    name,
    summary,
    fields: {
      prompt: prompt(longest, 'What the voice says.'),
      voice: shaped(
        'Voice',
        'Who speaks, by name.',
        { type: 'string', minLength: 1, maxLength: 60, default: VOICES[0] },
        {
          group: 'style',
          widget: 'select',
          advanced: false,
          presets: VOICES.map((value) => ({ label: value, value })),
        },
      ),
      stability: stability(),
      ...more,
      language_code: spokenLanguage(),
      apply_text_normalization: numbersAndDates(),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices: [price('character', '0.10', falPage(endpoint), { per: 1000 })],
    typical: { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} },
  });
}

const SCRIBE = 'fal-ai/elevenlabs/speech-to-text/scribe-v2';
const SCRIBE_PAGE = falPage(SCRIBE, 'list', '2026-10-05');

export const falSounds: ShippedModel[] = [
  voice(
    'eleven-v3',
    'Eleven v3 (fal)',
    'Acts the text, with moods in square brackets; resold by fal.',
    5000,
    {},
  ),
  voice('multilingual-v2', 'Eleven Multilingual v2 (fal)', 'Steady over long texts; resold by fal.', 10_000, {
    similarity_boost: likeness(),
    style: manner(),
    speed: speed(0.7, 1.2),
    ...context(),
  }),
  mediaModel({
    id: 'fal/elevenlabs-sound-effects-v2',
    upstream: 'fal-ai/elevenlabs/sound-effects/v2',
    kind: 'sound',
    name: 'Eleven Sound Effects v2 (fal)',
    summary: 'Sounds from words for a fifth of a cent a second; resold by fal.',
    fields: {
      ...soundFields(22, 'How many seconds the sound lasts. Each is charged.'),
      output_format: format(FORMATS),
    },
    accepts: NO_FILES,
    examples: soundExamples,
    prices: [price('second', '0.002', falPage('fal-ai/elevenlabs/sound-effects/v2'))],
    typical: { label: '5 seconds of sound', units: { second: 5 }, params: { duration: 5 } },
  }),
  mediaModel({
    id: 'fal/elevenlabs-music',
    upstream: 'fal-ai/elevenlabs/music',
    kind: 'music',
    name: 'Eleven Music (fal)',
    summary: 'Whole pieces from words or from a plan; each minute begun is charged. Resold by fal.',
    fields: {
      prompt: musicPrompt(),
      duration: musicLength('How many seconds the piece lasts. Each minute begun is charged.'),
      force_instrumental: noVoice(),
      composition_plan: plan('Instead of words: the piece section by section. It has its own length.'),
      respect_sections_durations: keepToPlan('Keeps each section as long as planned.'),
      output_format: format(FORMATS),
    },
    required: [],
    rules: oneOf('prompt', 'composition_plan'),
    accepts: NO_FILES,
    examples: musicExamples,
    prices: [price('second', '0.60', falPage('fal-ai/elevenlabs/music', 'list', '2026-10-05'), { per: 60 })],
    typical: { label: '1 minute of music', units: { second: 60 }, params: { duration: 60 } },
  }),
  mediaModel({
    id: 'fal/elevenlabs-scribe-v2',
    upstream: SCRIBE,
    kind: 'transcription',
    name: 'Scribe v2 (fal)',
    summary: 'Writes down speech in ninety languages; resold by fal.',
    fields: {
      audio: file('Recording', 'Sound with speech.', 'audio'),
      language_code: heardLanguage(),
      diarize: tellSpeakersApart(),
      tag_audio_events: nameSounds(),
      keyterms: keyterms('three tenths', 50),
    },
    required: ['audio'],
    accepts: takes(['audio/*'], 1, 100),
    examples: transcriptExamples,
    prices: [
      price('input_second', '0.008', SCRIBE_PAGE, { per: 60 }),
      price('input_second', '0.0104', SCRIBE_PAGE, { per: 60, when: { 'keyterms?': true } }),
    ],
    typical: { label: '10 minutes of speech', units: { input_second: 600 }, params: {} },
  }),
];
