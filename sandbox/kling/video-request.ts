import { bad, type Refused } from './envelope.ts';
import { contentTypes, optionNames, settingNames } from './fields.ts';
import { clipAt, imageRefusal } from './inputs.ts';
import { lines, type Product, type VideoModel, videoModels } from './models.ts';
import { type KlingWork, sizeFor } from './work.ts';

interface Settings {
  resolution?: string;
  aspect_ratio?: string;
  duration?: unknown;
  audio?: string;
  multi_shot?: boolean;
}

interface Content {
  type: string;
  text?: string;
  url?: string;
}

/** A request of the new standard as work, or why it is refused. */
export async function videoWork(
  product: Product,
  name: string,
  body: Record<string, unknown>,
): Promise<KlingWork | Refused> {
  const model = videoModels[name];
  if (model === undefined || !model.products.includes(product))
    return { status: 404, code: 1203, message: `The model ${name} is not supported` };
  const isText = product === 'text-to-video';
  const strange = Object.keys(body).find(
    (field) =>
      !(isText ? ['prompt', 'settings', 'options'] : ['contents', 'settings', 'options']).includes(field),
  );
  if (strange !== undefined) return bad(`${strange} is not supported`);
  const settings = (body.settings ?? {}) as Settings;
  const options = (body.options ?? {}) as { callback_url?: string; external_task_id?: string };
  const strangeOption = Object.keys(options).find((option) => !optionNames.includes(option));
  if (strangeOption !== undefined) return bad(`options.${strangeOption} is not supported`);
  const contents = (body.contents ?? []) as Content[];
  const prompt = isText ? body.prompt : contents.find(({ type }) => type === 'prompt')?.text;
  if (typeof prompt !== 'string' || prompt === '') return bad('prompt is required');
  if (prompt.length > model.promptLimit) return bad(`prompt must not exceed ${model.promptLimit} characters`);
  const refusal =
    settingsRefusal(settings, model, settingNames(product, name)) ??
    (isText ? null : await contentsRefusal(contents, product));
  if (refusal !== null) return refusal;
  const sent = contents.find(({ type }) => type.endsWith('_video'));
  const clip = sent === undefined ? null : await clipAt(sent.url, product === 'motion-control');
  if (clip !== null && 'code' in clip) return clip;
  const { resolution = '720p', aspect_ratio: ratio = '16:9', audio = 'off' } = settings;
  const asked = typeof settings.duration === 'number' ? settings.duration : 5;
  // A clip that is changed, or moved after, gives its own length to the result.
  const seconds =
    clip !== null && (sent?.type === 'base_video' || product === 'motion-control')
      ? Math.ceil(clip.seconds)
      : asked;
  const perSecond = (audio === 'off' ? model.silent : model.sounding)[resolution] ?? 1;
  return {
    standard: 'new',
    product,
    kind: 'video',
    prompt,
    ...sizeFor(ratio, lines[resolution] ?? 720),
    seconds,
    count: 1,
    hasSound: audio !== 'off',
    units: Math.round(perSecond * seconds * 100) / 100,
    externalId: options.external_task_id ?? '',
    callbackUrl: options.callback_url ?? null,
  };
}

function settingsRefusal(settings: Settings, model: VideoModel, known: string[]): Refused | null {
  const strange = Object.keys(settings).find((name) => !known.includes(name));
  if (strange !== undefined) return bad(`settings.${strange} is not supported`);
  const { resolution, aspect_ratio: ratio, duration, audio } = settings;
  if (resolution !== undefined && !model.resolutions.includes(resolution))
    return bad(`settings.resolution must be one of ${model.resolutions}`);
  if (ratio !== undefined && !['16:9', '9:16', '1:1'].includes(ratio))
    return bad('settings.aspect_ratio must be one of 16:9, 9:16, 1:1');
  if (audio !== undefined && model.audio.length === 0)
    return bad('settings.audio is not supported by this model');
  if (audio !== undefined && !model.audio.includes(audio))
    return bad(`settings.audio must be one of ${model.audio}`);
  if (duration === undefined) return null;
  if (!Number.isInteger(duration)) return bad('settings.duration must be an integer');
  const isListed =
    'low' in model.seconds
      ? (duration as number) >= model.seconds.low && (duration as number) <= model.seconds.high
      : model.seconds.includes(duration as number);
  return isListed ? null : bad('settings.duration is out of range');
}

async function contentsRefusal(contents: Content[], product: Product): Promise<Refused | null> {
  const types = contentTypes(product);
  for (const { type, url } of contents) {
    if (!types.includes(type)) return bad(`contents.type ${type} is not supported`);
    if (['first_frame', 'last_frame', 'refer_image'].includes(type)) {
      const refusal = await imageRefusal(url);
      if (refusal !== null) return refusal;
    }
  }
  const has = (type: string) => contents.some((content) => content.type === type);
  if (has('last_frame') && !has('first_frame')) return bad('last_frame needs first_frame');
  if (product === 'image-to-video' && !has('first_frame')) return bad('first_frame is required');
  return contents.filter(({ type }) => type.endsWith('_video')).length > 1
    ? bad('only one video is allowed')
    : null;
}
