import type { HostedModel } from '../kit/hosted-media.ts';

const image: HostedModel = {
  kind: 'image',
  unit: 'megapixel',
  fields: {
    prompt: 'text',
    image_size: 'any',
    aspect_ratio: 'text',
    num_images: 'number',
    seed: 'number',
    output_format: 'text',
    safety_tolerance: 'text',
    enable_safety_checker: 'flag',
    sync_mode: 'flag',
    image_url: 'text',
    image_urls: 'list',
    guidance_scale: 'number',
    raw: 'flag',
    enhance_prompt: 'flag',
  },
  needs: ['prompt'],
};
const video: HostedModel = {
  kind: 'video',
  unit: 'second',
  fields: {
    prompt: 'text',
    duration: 'any',
    resolution: 'text',
    aspect_ratio: 'text',
    generate_audio: 'flag',
    negative_prompt: 'text',
    cfg_scale: 'number',
    seed: 'number',
    image_url: 'text',
    start_image_url: 'text',
    end_image_url: 'text',
    image_urls: 'list',
    video_urls: 'list',
    audio_urls: 'list',
    enable_safety_checker: 'flag',
    camera_fixed: 'flag',
    shot_type: 'text',
    multi_prompt: 'list',
  },
  needs: ['prompt'],
};
const speech: HostedModel = {
  kind: 'audio',
  unit: 'character',
  fields: {
    text: 'text',
    voice: 'text',
    stability: 'number',
    similarity_boost: 'number',
    style: 'number',
    speed: 'number',
    timestamps: 'flag',
    language_code: 'text',
  },
  needs: ['text'],
};

/** Endpoints that the sandbox serves, with the price of a unit in US dollars. */
export const endpoints: Readonly<Record<string, { model: HostedModel; unitPrice: number }>> = {
  'fal-ai/flux-2-pro': { model: image, unitPrice: 0.03 },
  'fal-ai/flux-2-pro/edit': { model: { ...image, needs: ['prompt', 'image_urls'] }, unitPrice: 0.03 },
  'fal-ai/flux-pro/kontext': {
    model: { ...image, unit: 'image', needs: ['prompt', 'image_url'] },
    unitPrice: 0.04,
  },
  'fal-ai/flux-pro/v1.1-ultra': { model: { ...image, unit: 'image' }, unitPrice: 0.06 },
  'blackforestlabs/flux-3-max/text-to-video': { model: video, unitPrice: 0.24 },
  'fal-ai/kling-video/v3/pro/text-to-video': { model: video, unitPrice: 0.168 },
  'fal-ai/kling-video/v3/pro/image-to-video': {
    model: { ...video, needs: ['prompt', 'start_image_url'] },
    unitPrice: 0.168,
  },
  'fal-ai/bytedance/seedance-2.0/text-to-video': { model: video, unitPrice: 0.15 },
  'fal-ai/bytedance/seedance-2.0/image-to-video': {
    model: { ...video, needs: ['prompt', 'image_url'] },
    unitPrice: 0.15,
  },
  'fal-ai/bytedance/seedance-2.0/reference-to-video': { model: video, unitPrice: 0.15 },
  'fal-ai/bytedance/seedance-2.0/fast/text-to-video': { model: video, unitPrice: 0.12 },
  ...Object.fromEntries(
    ['', 'fast/'].flatMap((speed) =>
      ['text', 'image', 'reference'].map((from) => [
        `bytedance/seedance-2.0/${speed}${from}-to-video`,
        {
          model: {
            ...video,
            unit: 'thousand_tokens',
            needs: from === 'image' ? ['prompt', 'image_url'] : ['prompt'],
          } as const,
          unitPrice: speed === '' ? 0.014 : 0.0112,
        },
      ]),
    ),
  ),
  'fal-ai/kling-video/v3/standard/text-to-video': { model: video, unitPrice: 0.126 },
  'fal-ai/kling-video/v3/standard/image-to-video': {
    model: { ...video, needs: ['prompt', 'start_image_url'] },
    unitPrice: 0.126,
  },
  'fal-ai/veo3.1': { model: video, unitPrice: 0.4 },
  'fal-ai/elevenlabs/tts/multilingual-v2': { model: speech, unitPrice: 0.0001 },
  'fal-ai/elevenlabs/tts/eleven-v3': { model: speech, unitPrice: 0.0001 },
};
