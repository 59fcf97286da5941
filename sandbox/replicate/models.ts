import type { HostedModel } from '../kit/hosted-media.ts';

const image: HostedModel = {
  kind: 'image',
  unit: 'image',
  fields: {
    prompt: 'text',
    aspect_ratio: 'text',
    resolution: 'text',
    width: 'number',
    height: 'number',
    seed: 'number',
    num_outputs: 'number',
    output_format: 'text',
    output_quality: 'number',
    safety_tolerance: 'number',
    input_image: 'text',
    input_images: 'list',
    prompt_upsampling: 'flag',
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
    seed: 'number',
    image: 'text',
    start_image: 'text',
    end_image: 'text',
    last_frame: 'text',
    reference_images: 'list',
    mode: 'text',
    camera_fixed: 'flag',
    fps: 'number',
  },
  needs: ['prompt'],
};

export const officialModels: Readonly<Record<string, HostedModel>> = {
  'black-forest-labs/flux-2-pro': image,
  'black-forest-labs/flux-2-max': image,
  'black-forest-labs/flux-kontext-pro': { ...image, needs: ['prompt', 'input_image'] },
  'kwaivgi/kling-v3-video': video,
  'bytedance/seedance-2.0': video,
  'bytedance/seedance-1-pro': video,
  'google/veo-3.1': video,
  'wan-video/wan-2.7-t2v': video,
};
