/** What Ark's paths take by model, as its reference lists it. What stands here is looked at by the validators, too. */

/** Of every video model. */
const video = [
  ...['model', 'content', 'callback_url', 'return_last_frame', 'service_tier', 'execution_expires_after'],
  ...['safety_identifier', 'priority', 'resolution', 'ratio', 'duration', 'seed', 'watermark'],
];

/** Names without `dreamina-` and `doubao-`. */
export function videoFields(model: string): string[] {
  const is = (version: string) => model.includes(`seedance-${version}`);
  return [
    ...video,
    ...(is('1-') ? ['camera_fixed'] : []),
    ...(is('1-0') ? ['frames'] : []),
    ...(is('1-5') ? ['draft'] : []),
    ...(is('1-5') || is('2-') ? ['generate_audio'] : []),
    ...(is('2-') ? ['tools'] : []),
    ...(is('2-5') ? ['omni_reference_task_type', 'output_format'] : []),
  ];
}

/** Kinds of `content`: text, and pictures, clips and sounds by their role. */
export function contentRoles(model: string): string[] {
  const frames = model.includes('lite-t2v') ? [] : ['first_frame', 'last_frame'];
  const pictures = /seedance-2-|lite-i2v/.test(model) ? ['reference_image'] : [];
  const others = model.includes('seedance-2-') ? ['reference_video', 'reference_audio'] : [];
  const draft = model.includes('seedance-1-5') ? ['draft_task'] : [];
  return ['text', ...frames, ...pictures, ...others, ...draft];
}

export function imageFields(model: string): string[] {
  return [
    ...['model', 'prompt', 'image', 'size', 'response_format', 'watermark', 'stream'],
    ...['sequential_image_generation', 'sequential_image_generation_options', 'optimize_prompt_options'],
    ...(model.includes('seedream-5') ? ['output_format', 'tools'] : []),
    ...(model.includes('seedream-3') ? ['seed', 'guidance_scale'] : []),
  ];
}
