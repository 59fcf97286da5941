import type { HostedModel } from '../kit/hosted-media.ts';

/** Inputs as the models' own pages on Replicate list them, read in November 2026. */

const fluxRatios = ['1:1', '16:9', '3:2', '2:3', '4:5', '5:4', '9:16', '3:4', '4:3'];
const file = ['webp', 'jpg', 'png'];
const quality = { low: 0, high: 100 };
const flux2: HostedModel = {
  kind: 'image',
  unit: 'megapixel',
  fields: {
    prompt: 'text',
    input_images: 'list',
    aspect_ratio: ['match_input_image', 'custom', ...fluxRatios],
    resolution: ['match_input_image', '0.5 MP', '1 MP', '2 MP', '4 MP'],
    width: { low: 256, high: 2048 },
    height: { low: 256, high: 2048 },
    seed: 'number',
    output_format: file,
    output_quality: quality,
    safety_tolerance: { low: 1, high: 5 },
  },
  needs: ['prompt'],
};
const flux11: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    image_prompt: 'text',
    aspect_ratio: ['custom', ...fluxRatios],
    width: { low: 256, high: 1440 },
    height: { low: 256, high: 1440 },
    prompt_upsampling: 'flag',
    seed: 'number',
    output_format: file,
    output_quality: quality,
    safety_tolerance: { low: 1, high: 6 },
  },
  needs: ['prompt'],
};
const kontext: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    input_image: 'text',
    aspect_ratio: ['match_input_image', '21:9', '9:21', '2:1', '1:2', ...fluxRatios],
    prompt_upsampling: 'flag',
    seed: 'number',
    output_format: ['jpg', 'png'],
    safety_tolerance: { low: 0, high: 6 },
  },
  needs: ['prompt'],
};
const schnell: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    aspect_ratio: ['21:9', '9:21', ...fluxRatios],
    num_outputs: [1, 2, 3, 4],
    num_inference_steps: [1, 2, 3, 4],
    megapixels: ['1', '0.25'],
    go_fast: 'flag',
    disable_safety_checker: 'flag',
    seed: 'number',
    output_format: file,
    output_quality: quality,
  },
  needs: ['prompt'],
  givesList: true,
};
const seedream: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    image_input: 'list',
    size: ['2K', '4K', 'custom'],
    aspect_ratio: ['match_input_image', '1:1', '4:3', '3:4', '16:9', '9:16', '3:2', '2:3', '21:9'],
    width: { low: 1024, high: 4096 },
    height: { low: 1024, high: 4096 },
    sequential_image_generation: ['disabled', 'auto'],
    max_images: { low: 1, high: 15 },
  },
  needs: ['prompt'],
  givesList: true,
};
const kling: HostedModel = {
  kind: 'video',
  unit: 'second',
  fields: {
    prompt: 'text',
    negative_prompt: 'text',
    start_image: 'text',
    end_image: 'text',
    mode: ['standard', 'pro'],
    duration: { low: 3, high: 15 },
    aspect_ratio: ['16:9', '9:16', '1:1'],
    generate_audio: 'flag',
    multi_prompt: 'any',
  },
  needs: ['prompt'],
};
const veo: HostedModel = {
  kind: 'video',
  unit: 'second',
  fields: {
    prompt: 'text',
    negative_prompt: 'text',
    image: 'text',
    last_frame: 'text',
    reference_images: 'list',
    aspect_ratio: ['16:9', '9:16'],
    duration: [4, 6, 8],
    resolution: ['720p', '1080p'],
    generate_audio: 'flag',
    seed: 'number',
  },
  needs: ['prompt'],
  refuses: ({ reference_images, duration = 8, aspect_ratio = '16:9' }) => {
    if (!Array.isArray(reference_images) || reference_images.length === 0) return undefined;
    if (duration !== 8)
      return { field: 'duration', message: 'Reference images need a duration of 8 seconds' };
    if (aspect_ratio !== '16:9')
      return { field: 'aspect_ratio', message: 'Reference images need the aspect ratio 16:9' };
    return undefined;
  },
};
const speech: HostedModel = {
  kind: 'audio',
  unit: 'character',
  fields: {
    text: 'text',
    voice_id: 'text',
    emotion: [
      'auto',
      'happy',
      'sad',
      'angry',
      'fearful',
      'disgusted',
      'surprised',
      'calm',
      'fluent',
      'neutral',
    ],
    speed: { low: 0.5, high: 2 },
    volume: { low: 0, high: 10 },
    pitch: { low: -12, high: 12 },
    language_boost: 'text',
    english_normalization: 'flag',
    audio_format: ['mp3', 'wav', 'flac', 'pcm'],
    sample_rate: [8000, 16_000, 22_050, 24_000, 32_000, 44_100],
    bitrate: [32_000, 64_000, 128_000, 256_000],
    channel: ['mono', 'stereo'],
    subtitle_enable: 'flag',
  },
  needs: ['text'],
};

export const officialModels: Readonly<Record<string, HostedModel>> = {
  'black-forest-labs/flux-2-pro': flux2,
  'black-forest-labs/flux-1.1-pro': flux11,
  'black-forest-labs/flux-kontext-pro': kontext,
  'black-forest-labs/flux-kontext-max': kontext,
  'black-forest-labs/flux-schnell': schnell,
  'bytedance/seedream-4.5': seedream,
  'recraft-ai/recraft-crisp-upscale': {
    kind: 'image',
    unit: 'image',
    fields: { image: 'text' },
    needs: ['image'],
  },
  'kwaivgi/kling-v3-video': kling,
  'kwaivgi/kling-v2.6': {
    ...kling,
    fields: {
      prompt: 'text',
      negative_prompt: 'text',
      start_image: 'text',
      duration: [5, 10],
      aspect_ratio: ['16:9', '9:16', '1:1'],
      generate_audio: 'flag',
    },
  },
  'google/veo-3.1': veo,
  'minimax/speech-2.6-turbo': speech,
  'google/lyria-2': {
    kind: 'audio',
    unit: 'request',
    fields: { prompt: 'text', negative_prompt: 'text', seed: 'number' },
    needs: ['prompt'],
  },
};
