import type { ShippedModel, ShippedProvider } from '#server/catalogue/shipped.ts';
import { movingExamples, musicExamples, speechExamples, videoExamples } from './examples.ts';
import {
  aspectRatio,
  duration,
  durations,
  firstFrame,
  lastFrame,
  negativePrompt,
  PICTURES,
  referenceImages,
  resolution,
  speed,
  takes,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { format, OUTPUT, page, replicateImages, SEED } from './replicate-images.ts';
import { choice, flag, prompt, shaped, whole } from './schema.ts';
import { NO_FILES } from './text.ts';

/** Models of others that Replicate resells as «official»: by output, with Replicate's price and not the maker's. */

const kling3 = page('kwaivgi/kling-v3-video', 'list', '2026-10-15');
const kling26 = page('kwaivgi/kling-v2.6', 'list', '2026-01-25');
const veo = page('google/veo-3.1', 'list', '2026-01-25');
const klingFields = {
  prompt: prompt(2500, 'What happens in the clip.'),
  negative_prompt: negativePrompt(2500),
  first_frame: firstFrame(),
};

const videos: ShippedModel[] = [
  mediaModel({
    id: 'replicate/kling-3.0',
    upstream: 'kwaivgi/kling-v3-video',
    kind: 'video',
    name: 'Kling 3.0 (Replicate)',
    summary: 'Up to fifteen seconds from words or frames, resold by Replicate.',
    fields: {
      ...klingFields,
      last_frame: lastFrame(),
      mode: choice('Quality', '`standard` is 720p, `pro` 1080p.', ['standard', 'pro'], 'standard', {
        group: 'output',
      }),
      duration: duration(3, 15, 5),
      aspect_ratio: aspectRatio(['16:9', '9:16', '1:1'], '16:9'),
      audio: withAudio(false),
    },
    accepts: takes(['image/png', 'image/jpeg'], 2, 10),
    examples: movingExamples,
    prices: [
      price('second', '0.084', kling3, { when: { mode: 'standard', audio: false } }),
      price('second', '0.126', kling3, { when: { mode: 'standard', audio: true } }),
      price('second', '0.112', kling3, { when: { mode: 'pro', audio: false } }),
      price('second', '0.168', kling3, { when: { mode: 'pro', audio: true } }),
    ],
    typical: {
      label: '5 seconds, 720p, silent',
      units: { second: 5 },
      params: { mode: 'standard', duration: 5, audio: false },
    },
  }),
  mediaModel({
    id: 'replicate/kling-2.6',
    upstream: 'kwaivgi/kling-v2.6',
    kind: 'video',
    name: 'Kling 2.6 (Replicate)',
    summary: 'Five or ten seconds, silent or with sound, resold by Replicate.',
    fields: {
      ...klingFields,
      duration: durations([5, 10], 5),
      aspect_ratio: aspectRatio(['16:9', '9:16', '1:1'], '16:9'),
      audio: withAudio(false),
    },
    accepts: takes(['image/png', 'image/jpeg'], 1, 10),
    examples: videoExamples,
    prices: [
      price('second', '0.07', kling26, { when: { audio: false } }),
      price('second', '0.14', kling26, { when: { audio: true } }),
    ],
    typical: { label: '5 seconds, silent', units: { second: 5 }, params: { duration: 5, audio: false } },
  }),
  mediaModel({
    id: 'replicate/veo-3.1',
    upstream: 'google/veo-3.1',
    kind: 'video',
    name: 'Veo 3.1 (Replicate)',
    summary: 'Google’s film model with frames, references and sound, resold by Replicate.',
    fields: {
      prompt: prompt(4000, 'What happens in the clip.'),
      negative_prompt: negativePrompt(1000),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(3),
      aspect_ratio: aspectRatio(['16:9', '9:16'], '16:9'),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: durations([4, 6, 8], 8),
      audio: withAudio(true),
      seed: SEED,
    },
    rules: {
      dependentSchemas: {
        reference_images: {
          properties: { duration: { const: 8 }, aspect_ratio: { const: '16:9' }, last_frame: false },
        },
      },
    },
    accepts: takes(PICTURES, 5, 20),
    examples: videoExamples,
    prices: [
      price('second', '0.40', veo, { when: { audio: true } }),
      price('second', '0.20', veo, { when: { audio: false } }),
    ],
    typical: { label: '8 seconds, with sound', units: { second: 8 }, params: { duration: 8, audio: true } },
  }),
];

const VOICES = ['Wise_Woman', 'Friendly_Person', 'Deep_Voice_Man', 'Calm_Woman', 'Casual_Guy', 'Lively_Girl'];

const sounds: ShippedModel[] = [
  mediaModel({
    id: 'replicate/minimax-speech-2.6-turbo',
    upstream: 'minimax/speech-2.6-turbo',
    kind: 'speech',
    name: 'MiniMax Speech 2.6 Turbo (Replicate)',
    summary: 'Lively voices in forty languages, resold by Replicate.',
    fields: {
      prompt: prompt(10_000, 'What the voice says. `<#0.5#>` makes a pause of half a second.'),
      voice: shaped(
        'Voice',
        'Who speaks: one of the voices shown, or the id of another.',
        { type: 'string', pattern: '^[A-Za-z0-9_-]{3,64}$', default: VOICES[0] },
        {
          group: 'style',
          widget: 'select',
          advanced: false,
          presets: VOICES.map((value) => ({ label: value.replaceAll('_', ' '), value })),
        },
      ),
      emotion: choice(
        'Mood',
        'How it is said; `auto` follows the text.',
        ['auto', 'happy', 'sad', 'angry', 'fearful', 'disgusted', 'surprised', 'calm', 'fluent', 'neutral'],
        'auto',
        { group: 'style' },
      ),
      speed: speed(0.5, 2),
      volume: whole(
        'Loudness',
        '1 is normal.',
        { min: 0, max: 10, fallback: 1 },
        { group: 'style', advanced: true },
      ),
      pitch: whole(
        'Pitch',
        'Half tones above or below the voice’s own.',
        { min: -12, max: 12, fallback: 0 },
        { group: 'style', advanced: true },
      ),
      language_boost: choice(
        'Language',
        'Helps with names and accents of a language.',
        ['None', 'Automatic', 'English', 'German', 'French', 'Spanish', 'Portuguese', 'Arabic', 'Chinese'],
        'Automatic',
        { group: 'style', advanced: true },
      ),
      english_normalization: flag(
        'Numbers in English',
        'Reads English numbers and dates out in full.',
        false,
        {
          group: 'style',
          advanced: true,
        },
      ),
      output_format: format(['mp3', 'wav', 'flac'], 'mp3'),
      sample_rate: choice(
        'Samples a second',
        'More is finer.',
        [8000, 16_000, 22_050, 24_000, 32_000, 44_100],
        32_000,
        OUTPUT,
      ),
      bitrate: choice(
        'Bits a second',
        'Of MP3 files: more is finer.',
        [32_000, 64_000, 128_000, 256_000],
        128_000,
        OUTPUT,
      ),
      channel: choice('Channels', 'One for both ears, or two.', ['mono', 'stereo'], 'mono', OUTPUT),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices: [
      price('character', '0.06', page('minimax/speech-2.6-turbo', 'official', '2026-10-07'), { per: 1000 }),
    ],
    typical: { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} },
  }),
  mediaModel({
    id: 'replicate/lyria-2',
    upstream: 'google/lyria-2',
    kind: 'music',
    name: 'Lyria 2 (Replicate)',
    summary: 'Half a minute of music without a voice, resold by Replicate.',
    fields: {
      prompt: prompt(2000, 'What the music sounds like.'),
      negative_prompt: negativePrompt(1000),
      seed: SEED,
    },
    accepts: NO_FILES,
    examples: musicExamples,
    prices: [price('request', '0.06', page('google/lyria-2', 'derived', '2026-11-10'))],
    typical: { label: '30 seconds of music', units: { request: 1 }, params: {} },
  }),
];

export const replicate: ShippedProvider = {
  id: 'replicate',
  name: 'Replicate',
  models: [...replicateImages, ...videos, ...sounds],
};
