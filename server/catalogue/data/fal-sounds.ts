import type { ShippedModel } from '#server/catalogue/shipped.ts';
import { PLAN } from './elevenlabs.ts';
import { musicExamples, soundExamples, speechExamples, transcriptExamples } from './examples.ts';
import { falPage } from './fal-images.ts';
import { speed, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, decimal, file, flag, oneOf, prompt, shaped, whole, words } from './schema.ts';
import { NO_FILES } from './text.ts';

/** ElevenLabs’ voices, sounds, music and transcripts that fal resells. */

const STYLE = { group: 'style', advanced: true } as const;
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
const format = () =>
  choice(
    'Format',
    'Kind of file, samples a second, and thousands of bits a second.',
    FORMATS,
    'mp3_44100_128',
    {
      group: 'output',
      advanced: true,
    },
  );
const unit = (title: string, description: string, fallback: number) =>
  decimal(title, description, { min: 0, max: 1, fallback }, { ...STYLE, step: 0.05 });

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
      stability: unit('Stability', 'Low is livelier, high is steadier.', 0.5),
      ...more,
      language_code: words(
        'Language',
        'The language as two letters; without it, the text decides.',
        2,
        STYLE,
      ),
      apply_text_normalization: choice(
        'Numbers and dates',
        'Whether they are written out before they are read.',
        ['auto', 'on', 'off'],
        'auto',
        STYLE,
      ),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices: [price('character', '0.10', falPage(endpoint), { per: 1000 })],
    typical: { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} },
  });
}

const context = (title: string, description: string) =>
  words(title, description, 1000, { group: 'input', advanced: true });

export const falSounds: ShippedModel[] = [
  voice(
    'eleven-v3',
    'Eleven v3 (fal)',
    'Acts the text, with moods in square brackets; resold by fal.',
    5000,
    {},
  ),
  voice('multilingual-v2', 'Eleven Multilingual v2 (fal)', 'Steady over long texts; resold by fal.', 10_000, {
    similarity_boost: unit('Likeness', 'How closely the voice is kept to its original.', 0.75),
    style: unit('Style', 'How much the voice’s manner is exaggerated.', 0),
    speed: speed(0.7, 1.2),
    previous_text: context('Text before', 'What was said before, so that the tone fits.'),
    next_text: context('Text after', 'What will be said next, so that the tone fits.'),
  }),
  mediaModel({
    id: 'fal/elevenlabs-sound-effects-v2',
    upstream: 'fal-ai/elevenlabs/sound-effects/v2',
    kind: 'sound',
    name: 'Eleven Sound Effects v2 (fal)',
    summary: 'Sounds from words for a fifth of a cent a second; resold by fal.',
    fields: {
      prompt: prompt(450, 'What is heard.'),
      duration: decimal(
        'Length',
        'How many seconds the sound lasts. Each is charged.',
        { min: 0.5, max: 22, fallback: 5 },
        { group: 'output', unit: 's', step: 0.5 },
      ),
      prompt_influence: unit('Closeness', 'How closely the sound follows the words.', 0.3),
      loop: flag('Loop', 'Makes the end fit the beginning.', false, { group: 'output' }),
      output_format: format(),
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
      prompt: prompt(4100, 'What the music sounds like. Names of artists are refused.'),
      duration: whole(
        'Length',
        'How many seconds the piece lasts. Each minute begun is charged.',
        { min: 3, max: 600, fallback: 60 },
        { group: 'output', unit: 's' },
      ),
      force_instrumental: flag('No voice', 'Makes sure that nobody sings.', false, { group: 'style' }),
      composition_plan: shaped(
        'Plan',
        'Instead of words: the piece section by section. It has its own length.',
        PLAN,
        { group: 'input' },
      ),
      respect_sections_durations: flag(
        'Keep to the plan',
        'Keeps each section as long as planned.',
        true,
        STYLE,
      ),
      output_format: format(),
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
    upstream: 'fal-ai/elevenlabs/speech-to-text/scribe-v2',
    kind: 'transcription',
    name: 'Scribe v2 (fal)',
    summary: 'Writes down speech in ninety languages; resold by fal.',
    fields: {
      audio: file('Recording', 'Sound with speech.', 'audio'),
      language_code: words('Language', 'The language as a code; without it, it is found out.', 8, {
        group: 'input',
      }),
      diarize: flag('Tell speakers apart', 'Says who speaks when.', false, { group: 'output' }),
      tag_audio_events: flag('Name sounds', 'Marks laughter, applause and the like.', true, {
        group: 'output',
        advanced: true,
      }),
      keyterms: shaped(
        'Names and terms',
        'Up to a hundred words that may be said and are hard to guess; costs three tenths more.',
        { type: 'array', items: { type: 'string', minLength: 1, maxLength: 50 }, minItems: 1, maxItems: 100 },
        { group: 'input', widget: 'list' },
      ),
    },
    required: ['audio'],
    accepts: takes(['audio/*'], 1, 100),
    examples: transcriptExamples,
    prices: [
      price(
        'input_second',
        '0.008',
        falPage('fal-ai/elevenlabs/speech-to-text/scribe-v2', 'list', '2026-10-05'),
        {
          per: 60,
        },
      ),
      price(
        'input_second',
        '0.0104',
        falPage('fal-ai/elevenlabs/speech-to-text/scribe-v2', 'list', '2026-10-05'),
        { per: 60, when: { 'keyterms?': true } },
      ),
    ],
    typical: { label: '10 minutes of speech', units: { input_second: 600 }, params: {} },
  }),
];
