import { type Product, videoModels } from './models.ts';

/** What each of Kling's paths takes, as its reference lists it. What stands here is looked at by the validators, too. */

export function settingNames(product: Product, model: string): string[] {
  const { audio, hasShots } = videoModels[model] ?? { audio: [], hasShots: false };
  return [
    'resolution',
    // Motion is as long as the clip that it follows.
    ...(product === 'motion-control' ? [] : ['duration']),
    ...(audio.length > 0 ? ['audio'] : []),
    ...(hasShots && product !== 'motion-control' ? ['multi_shot'] : []),
    // A first frame brings its own ratio, and so does a clip.
    ...(product === 'text-to-video' || product === 'omni-video' ? ['aspect_ratio'] : []),
  ];
}

export function contentTypes(product: Product): string[] {
  switch (product) {
    case 'text-to-video':
      return [];
    case 'image-to-video':
      return ['prompt', 'first_frame', 'last_frame', 'element'];
    case 'omni-video':
      return ['prompt', 'first_frame', 'last_frame', 'element', 'refer_image', 'feature_video', 'base_video'];
    case 'motion-control':
      return ['prompt', 'element', 'refer_image', 'refer_video'];
    default:
      return product satisfies never;
  }
}

export const optionNames = ['callback_url', 'external_task_id', 'watermark_info'];

const job = ['callback_url', 'external_task_id'];
const marked = [...job, 'watermark_info'];

/** Fields of the paths before the new standard, by what follows `/v1/`. */
export const legacyFields: Readonly<Record<string, readonly string[]>> = {
  'images/generations': [
    ...['model_name', 'prompt', 'negative_prompt', 'image', 'n', 'resolution', 'aspect_ratio'],
    ...marked,
  ],
  'images/omni-image': [
    ...['model_name', 'prompt', 'image_list', 'element_list', 'resolution', 'result_type', 'n'],
    ...['series_amount', 'aspect_ratio', ...marked],
  ],
  'audio/text-to-audio': ['prompt', 'duration', ...job],
  'audio/video-to-audio': [
    ...['video_id', 'video_url', 'sound_effect_prompt', 'bgm_prompt', 'asmr_mode'],
    ...job,
  ],
  'audio/tts': ['text', 'voice_id', 'voice_language', 'voice_speed'],
  'videos/avatar/image2video': ['image', 'audio_id', 'sound_file', 'prompt', 'mode', ...marked],
  'videos/identify-face': ['video_id', 'video_url'],
  'videos/advanced-lip-sync': ['session_id', 'face_choose', ...marked],
};

export const faceFields = [
  ...['face_id', 'audio_id', 'sound_file', 'sound_start_time', 'sound_end_time', 'sound_insert_time'],
  ...['sound_volume', 'original_audio_volume'],
];
