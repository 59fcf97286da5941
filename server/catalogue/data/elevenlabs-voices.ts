import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import {
  context,
  format,
  likeness,
  manner,
  numbersAndDates,
  STYLE,
  spokenLanguage,
  stability,
} from './elevenlabs-fields.ts';
import { speechExamples } from './examples.ts';
import { speed } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, flag, type parameters, prompt, seed, shaped } from './schema.ts';
import { NO_FILES } from './text.ts';

export const PAGE: Source = { url: 'https://elevenlabs.io/pricing/api', basis: 'official', on: '2026-06-15' };
const LISTS: Source = { ...PAGE, basis: 'list', on: '2026-11-10' };

type Fields = Parameters<typeof parameters>[0];

/** Voices that every account has; others are named by their id. */
const PREMADE = [
  { label: 'George', value: 'JBFqnCBsd6RMkjVDRZzb' },
  { label: 'Sarah', value: 'EXAVITQu4vr4xnSDxMaL' },
  { label: 'Liam', value: 'TX3LPaxmHKxFdv7VOQHJ' },
  { label: 'Charlotte', value: 'XB0fDUnXU5powFXDhCwa' },
  { label: 'Daniel', value: 'onwK4e9ZLuTAKqWW03F9' },
  { label: 'Lily', value: 'pFZP5JQG7iQjIQuC4Bku' },
];

export const FORMATS = [
  ...['mp3_44100_128', 'mp3_44100_192', 'mp3_44100_96', 'mp3_44100_64', 'mp3_44100_32'],
  ...['mp3_24000_48', 'mp3_22050_32'],
  ...[192, 128, 96, 64, 32].map((kbits) => `opus_48000_${kbits}`),
  ...['wav', 'pcm'].flatMap((kind) =>
    [48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 8000].map((rate) => `${kind}_${rate}`),
  ),
  ...['ulaw_8000', 'alaw_8000'],
];
interface VoiceRow {
  id: string;
  name: string;
  summary: string;
  longest: number;
  /** Dollars for a thousand characters. */
  usd: string;
  source: Source;
  speed?: false;
  context?: false;
}

const stabilityInSteps = () =>
  choice('Stability', 'Low is livelier, high is steadier.', [0, 0.5, 1], 0.5, STYLE);
const ending = () => ({
  seed: seed(4_294_967_295),
  output_format: format(FORMATS),
  timestamps: flag('Captions', 'Brings captions with their times beside the sound.', false, {
    group: 'output',
    advanced: true,
  }),
});

function voice(row: VoiceRow): ShippedModel {
  const v3 = row.id === 'eleven_v3';
  const fields: Fields = {
    prompt: prompt(row.longest, 'What the voice says.'),
    voice: shaped(
      'Voice',
      'Who speaks: one of the voices shown, or the id of a voice of the provider’s library.',
      { type: 'string', pattern: '^[A-Za-z0-9]{8,40}$', default: PREMADE[0]!.value },
      { group: 'style', widget: 'select', advanced: false, presets: PREMADE },
    ),
    language_code: spokenLanguage(),
    stability: v3 ? stabilityInSteps() : stability(),
    similarity_boost: likeness(),
    style: manner(),
    use_speaker_boost: flag(
      'Clearer voice',
      'Brings the speaker forward; takes a little longer.',
      true,
      STYLE,
    ),
    ...(row.speed === false ? {} : { speed: speed(0.7, 1.2) }),
    ...(row.context === false ? {} : context()),
    apply_text_normalization: numbersAndDates(),
    apply_language_text_normalization: flag(
      'Reading of Japanese',
      'Works out how Japanese is read; takes longer.',
      false,
      STYLE,
    ),
    ...ending(),
  };
  return mediaModel({
    id: `elevenlabs/${row.id.replaceAll('_', '-')}`,
    upstream: row.id,
    kind: 'speech',
    name: row.name,
    summary: row.summary,
    fields,
    accepts: NO_FILES,
    examples: speechExamples,
    // The provider's own count comes in credits; a character is one, or a part of one, and it may charge fewer.
    prices: [
      price('character', row.usd, row.source, { per: 1000 }),
      price('credit', '0.10', PAGE, { per: 1000 }),
    ],
    typical: { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} },
  });
}

const dialogue: ShippedModel = mediaModel({
  id: 'elevenlabs/eleven-v3-dialogue',
  upstream: 'text-to-dialogue',
  kind: 'speech',
  name: 'Eleven v3 dialogue',
  summary: 'A conversation of several voices in one recording, with moods in square brackets.',
  fields: {
    prompt: prompt(
      5000,
      'A line for each who speaks, with a name before it: `Anna: [laughs] Good morning.` The first name has the first voice.',
    ),
    voices: shaped(
      'Voices',
      'Ids of the voices, in the order in which the names first speak.',
      {
        type: 'array',
        items: { type: 'string', pattern: '^[A-Za-z0-9]{8,40}$' },
        minItems: 1,
        maxItems: 10,
        default: [PREMADE[0]!.value, PREMADE[1]!.value],
      },
      { group: 'style', widget: 'list', advanced: false, presets: PREMADE },
    ),
    language_code: spokenLanguage(),
    stability: stabilityInSteps(),
    apply_text_normalization: numbersAndDates(),
    ...ending(),
  },
  accepts: NO_FILES,
  examples: [
    'Anna: Did you hear that?\nBen: [whispers] Do not move.',
    'Host: Welcome back.\nGuest: Thank you. [laughs] It is good to be here.',
    'Waiter: Good evening.\nMara: A table for two, please.',
  ],
  prices: [price('character', '0.10', PAGE, { per: 1000 }), price('credit', '0.10', PAGE, { per: 1000 })],
  typical: { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} },
});

export const elevenVoices: ShippedModel[] = [
  dialogue,
  voice({
    id: 'eleven_v4',
    name: 'Eleven v4',
    summary: 'The newest voice: ninety languages, moods and sounds in square brackets.',
    longest: 2000,
    usd: '0.08',
    source: LISTS,
    speed: false,
  }),
  voice({
    id: 'eleven_v4_turbo',
    name: 'Eleven v4 Turbo',
    summary: 'v4 in half the time for half the price.',
    longest: 5000,
    usd: '0.04',
    source: LISTS,
    speed: false,
  }),
  voice({
    id: 'eleven_v3',
    name: 'Eleven v3',
    summary: 'Acts the text: tags such as [laughs] or [whispers] are played.',
    longest: 5000,
    usd: '0.10',
    source: PAGE,
    context: false,
  }),
  voice({
    id: 'eleven_multilingual_v2',
    name: 'Eleven Multilingual v2',
    summary: 'Steady and natural over long texts in 29 languages.',
    longest: 10_000,
    usd: '0.10',
    source: PAGE,
  }),
  voice({
    id: 'eleven_flash_v2_5',
    name: 'Eleven Flash v2.5',
    summary: 'Answers in a tenth of a second, for half the price.',
    longest: 40_000,
    usd: '0.05',
    source: PAGE,
  }),
  voice({
    id: 'eleven_flash_v2',
    name: 'Eleven Flash v2',
    summary: 'Flash for English alone.',
    longest: 30_000,
    usd: '0.05',
    source: PAGE,
  }),
];
