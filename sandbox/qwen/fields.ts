/** What DashScope's media paths take by model, as its help pages list it: dotted, as it stands in a body. The validators look here. */

const parameters = (...names: string[]) => names.map((name) => `parameters.${name}`);
const media = (...types: string[]) => types.map((type) => `input.media[${type}]`);

export function imageFields(model: string): string[] {
  const picture = ['model', 'parameters.size', 'parameters.n', 'parameters.watermark', 'parameters.seed'];
  if (/^wan2\.[0-5]/.test(model))
    return [
      ...picture,
      ...['input.prompt', 'input.negative_prompt', 'parameters.prompt_extend'],
      ...(model.includes('i2i') ? ['input.images'] : []),
    ];
  if (model.startsWith('wan'))
    return [
      ...picture,
      'input.messages',
      ...parameters('enable_sequential', 'thinking_mode', 'color_palette', 'bbox_list'),
      ...(model.startsWith('wan2.6') ? parameters('negative_prompt', 'prompt_extend') : []),
    ];
  return [...picture, 'input.messages', ...parameters('negative_prompt', 'prompt_extend')];
}

export function videoFields(model: string): string[] {
  const clip = ['model', 'input.prompt', ...parameters('resolution', 'duration', 'watermark', 'seed')];
  if (model.startsWith('wan3.0'))
    return [
      ...clip,
      ...parameters('ratio', 'audio'),
      ...media('first_frame', 'last_frame', 'reference_image', 'reference_video', 'reference_audio'),
      ...media('file', 'link'),
    ];
  const before3 = [...clip, 'input.negative_prompt', 'parameters.prompt_extend'];
  const of27: Record<string, string[]> = {
    'wan2.7-t2v': ['parameters.ratio', 'input.audio_url'],
    'wan2.7-i2v': media('first_frame', 'last_frame', 'driving_audio', 'first_clip'),
    'wan2.7-r2v': [
      'parameters.ratio',
      ...media('reference_image', 'reference_video', 'first_frame'),
      'input.media.reference_voice',
    ],
    'wan2.7-videoedit': ['parameters.audio_setting', ...media('video', 'reference_image')],
  };
  if (model.startsWith('wan2.7')) return [...before3, ...(of27[model] ?? [])];
  return [
    ...before3.filter((name) => name !== 'parameters.resolution' || model.includes('i2v')),
    ...['input.audio_url', 'parameters.audio'],
    ...(model.includes('i2v') ? ['input.img_url'] : ['parameters.size']),
    ...(model.startsWith('wan2.6') ? ['parameters.shot_type'] : []),
  ];
}

/** The first name in `input` or `parameters` that the model does not take. */
export function strangeField(body: Record<string, unknown>, fields: readonly string[]): string | undefined {
  const given = ['input', 'parameters'].flatMap((part) =>
    Object.keys((body[part] ?? {}) as object).map((name) => `${part}.${name}`),
  );
  return given.find((name) => !fields.some((field) => field === name || field.startsWith(`${name}[`)));
}
