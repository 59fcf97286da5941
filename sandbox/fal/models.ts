import type { HostedModel } from '../kit/hosted-media.ts';

/** Inputs as fal's own client types list them (@fal-ai/client 1.10.1), prices as its pages do, read in November 2026. */

const jpegOrPng = ['jpeg', 'png'];
const levels = (most: number) => Array.from({ length: most }, (_, at) => String(at + 1));
const unit = { low: 0, high: 1 };
const fluxRatios = ['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'];

const flux2: HostedModel = {
  kind: 'image',
  unit: 'megapixel',
  fields: {
    prompt: 'text',
    image_size: 'any',
    seed: 'number',
    output_format: jpegOrPng,
    safety_tolerance: levels(5),
    enable_safety_checker: 'flag',
    sync_mode: 'flag',
  },
  needs: ['prompt'],
};
const flux1: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    aspect_ratio: fluxRatios,
    image_url: 'text',
    enhance_prompt: 'flag',
    num_images: { low: 1, high: 4 },
    seed: 'number',
    output_format: jpegOrPng,
    safety_tolerance: levels(6),
    sync_mode: 'flag',
  },
  needs: ['prompt'],
};
const klingText: HostedModel = {
  kind: 'video',
  unit: 'second',
  fields: {
    prompt: 'text',
    negative_prompt: 'text',
    aspect_ratio: ['16:9', '9:16', '1:1'],
    duration: Array.from({ length: 13 }, (_, at) => String(at + 3)),
    generate_audio: 'flag',
    cfg_scale: unit,
    multi_prompt: 'list',
    shot_type: ['customize', 'intelligent'],
  },
  needs: ['prompt'],
};
const { aspect_ratio: _, ...klingFields } = klingText.fields;
const klingImage: HostedModel = {
  ...klingText,
  fields: { ...klingFields, start_image_url: 'text', end_image_url: 'text', elements: 'list' },
  needs: ['prompt', 'start_image_url'],
};
const seedanceText: HostedModel = {
  kind: 'video',
  unit: 'thousand_tokens',
  fields: {
    prompt: 'text',
    aspect_ratio: ['auto', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'],
    resolution: ['480p', '720p', '1080p'],
    duration: ['auto', ...Array.from({ length: 12 }, (_, at) => String(at + 4))],
    generate_audio: 'flag',
    seed: 'number',
  },
  needs: ['prompt'],
};
const seedanceImage: HostedModel = {
  ...seedanceText,
  fields: { ...seedanceText.fields, image_url: 'text', end_image_url: 'text' },
  needs: ['prompt', 'image_url'],
};
const seedanceReference: HostedModel = {
  ...seedanceText,
  fields: { ...seedanceText.fields, image_urls: 'list', video_urls: 'list', audio_urls: 'list' },
};
const veo: HostedModel = {
  kind: 'video',
  unit: 'second',
  fields: {
    prompt: 'text',
    negative_prompt: 'text',
    aspect_ratio: ['auto', '16:9', '9:16'],
    resolution: ['720p', '1080p'],
    duration: ['4s', '6s', '8s'],
    generate_audio: 'flag',
    auto_fix: 'flag',
    safety_tolerance: levels(6),
    seed: 'number',
  },
  needs: ['prompt'],
};
const speech: HostedModel = {
  kind: 'audio',
  unit: 'character',
  fields: {
    text: 'text',
    voice: 'text',
    stability: unit,
    apply_text_normalization: ['auto', 'on', 'off'],
    language_code: 'text',
    timestamps: 'flag',
  },
  needs: ['text'],
};
const audioFormats = [
  ...['mp3_22050_32', 'mp3_44100_32', 'mp3_44100_64', 'mp3_44100_96', 'mp3_44100_128', 'mp3_44100_192'],
  ...['pcm_8000', 'pcm_16000', 'pcm_22050', 'pcm_24000', 'pcm_44100', 'pcm_48000', 'ulaw_8000', 'alaw_8000'],
  ...['opus_48000_32', 'opus_48000_64', 'opus_48000_96', 'opus_48000_128', 'opus_48000_192'],
];

/** Endpoints that the sandbox serves, with the price of a unit in US dollars. */
export const endpoints: Readonly<Record<string, { model: HostedModel; unitPrice: number }>> = {
  'fal-ai/flux-2-pro': { model: flux2, unitPrice: 0.03 },
  'fal-ai/flux-2-pro/edit': {
    model: { ...flux2, fields: { ...flux2.fields, image_urls: 'list' }, needs: ['prompt', 'image_urls'] },
    unitPrice: 0.03,
  },
  'fal-ai/flux-pro/kontext': {
    model: {
      ...flux1,
      fields: { ...flux1.fields, guidance_scale: { low: 1, high: 20 } },
      needs: ['prompt', 'image_url'],
    },
    unitPrice: 0.04,
  },
  'fal-ai/flux-pro/v1.1-ultra': {
    model: { ...flux1, fields: { ...flux1.fields, image_prompt_strength: unit, raw: 'flag' } },
    unitPrice: 0.06,
  },
  'fal-ai/topaz/upscale/image': {
    model: {
      kind: 'image',
      unit: 'image',
      fields: {
        image_url: 'text',
        model: [
          ...['Low Resolution V2', 'Standard V2', 'CGI', 'High Fidelity V2', 'Text Refine', 'Recovery'],
          ...['Redefine', 'Recovery V2', 'Standard MAX', 'Wonder'],
        ],
        upscale_factor: { low: 1, high: 4 },
        crop_to_fill: 'flag',
        output_format: jpegOrPng,
        subject_detection: ['All', 'Foreground', 'Background'],
        face_enhancement: 'flag',
        face_enhancement_creativity: unit,
        face_enhancement_strength: unit,
        sharpen: unit,
        denoise: unit,
        fix_compression: unit,
        strength: unit,
        creativity: { low: 1, high: 6 },
        texture: { low: 1, high: 5 },
        detail: unit,
        prompt: 'text',
        autoprompt: 'flag',
      },
      needs: ['image_url'],
    },
    unitPrice: 0.08,
  },
  ...Object.fromEntries(
    ['standard', 'pro'].flatMap((tier) => [
      [
        `fal-ai/kling-video/v3/${tier}/text-to-video`,
        { model: klingText, unitPrice: tier === 'pro' ? 0.168 : 0.126 },
      ],
      [
        `fal-ai/kling-video/v3/${tier}/image-to-video`,
        { model: klingImage, unitPrice: tier === 'pro' ? 0.168 : 0.126 },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['', 'fast/'].flatMap((speed) => {
      const unitPrice = speed === '' ? 0.014 : 0.0112;
      return [
        [`bytedance/seedance-2.0/${speed}text-to-video`, { model: seedanceText, unitPrice }],
        [`bytedance/seedance-2.0/${speed}image-to-video`, { model: seedanceImage, unitPrice }],
        [`bytedance/seedance-2.0/${speed}reference-to-video`, { model: seedanceReference, unitPrice }],
      ];
    }),
  ),
  'fal-ai/veo3.1': { model: veo, unitPrice: 0.4 },
  'fal-ai/veo3.1/image-to-video': {
    model: { ...veo, fields: { ...veo.fields, image_url: 'text' }, needs: ['prompt', 'image_url'] },
    unitPrice: 0.4,
  },
  'fal-ai/elevenlabs/tts/multilingual-v2': {
    model: {
      ...speech,
      fields: {
        ...speech.fields,
        similarity_boost: unit,
        style: unit,
        speed: { low: 0.7, high: 1.2 },
        previous_text: 'text',
        next_text: 'text',
      },
    },
    unitPrice: 0.0001,
  },
  'fal-ai/elevenlabs/tts/eleven-v3': { model: speech, unitPrice: 0.0001 },
  'fal-ai/elevenlabs/sound-effects/v2': {
    model: {
      kind: 'audio',
      unit: 'second',
      fields: {
        text: 'text',
        duration_seconds: { low: 0.5, high: 22 },
        prompt_influence: unit,
        loop: 'flag',
        output_format: audioFormats,
      },
      needs: ['text'],
    },
    unitPrice: 0.002,
  },
  'fal-ai/elevenlabs/music': {
    model: {
      kind: 'audio',
      unit: 'started_minute',
      fields: {
        prompt: 'text',
        composition_plan: 'any',
        music_length_ms: { low: 3000, high: 600_000 },
        force_instrumental: 'flag',
        respect_sections_durations: 'flag',
        output_format: audioFormats,
      },
      needs: [],
    },
    unitPrice: 0.6,
  },
  'fal-ai/elevenlabs/speech-to-text/scribe-v2': {
    model: {
      kind: 'text',
      unit: 'input_minute',
      fields: {
        audio_url: 'text',
        language_code: 'text',
        diarize: 'flag',
        tag_audio_events: 'flag',
        keyterms: 'list',
      },
      needs: ['audio_url'],
    },
    unitPrice: 0.008,
  },
};
