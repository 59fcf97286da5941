import { bad } from './envelope.ts';
import { legacyFields } from './fields.ts';
import { imageRefusal } from './inputs.ts';
import { avatarWork, clipSoundWork, lipSyncWork, type Made, type Sessions, speechWork } from './talking.ts';
import { type KlingWork, sizeFor } from './work.ts';

const ratios = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];
const sides: Record<string, number> = { '1k': 1024, '2k': 2048, '4k': 4096 };

/** Products of the legacy API that are still the only way: images, sound, and video of old accounts. */
export const legacyProducts = [
  'images/generations',
  'images/omni-image',
  'audio/text-to-audio',
  'audio/video-to-audio',
  'audio/tts',
  'videos/text2video',
  'videos/image2video',
  'videos/avatar/image2video',
  'videos/advanced-lip-sync',
];

/** A request of the legacy API as work, or why it is refused. */
export async function legacyWork(
  product: string,
  body: Record<string, unknown>,
  sessions: Sessions,
): Promise<Made> {
  const fields = legacyFields[product];
  const strange = Object.keys(body).find((name) => fields?.includes(name) === false);
  if (strange !== undefined) return bad(`${strange} is not supported`);
  if (product === 'videos/avatar/image2video') return avatarWork(body);
  if (product === 'videos/advanced-lip-sync') return lipSyncWork(body, sessions);
  if (product === 'audio/video-to-audio') return clipSoundWork(body);
  if (product === 'audio/tts') return speechWork(body);
  const prompt = body.prompt;
  if (typeof prompt !== 'string' || prompt === '') return bad('prompt is required');
  if (prompt.length > (product.startsWith('audio') ? 200 : 2500)) return bad('prompt is too long');
  const base = {
    standard: 'legacy' as const,
    product,
    prompt,
    externalId: String(body.external_task_id ?? ''),
    callbackUrl: (body.callback_url as string | undefined) ?? null,
  };
  if (product.startsWith('images/')) return imageWork(product, body, base);
  if (product.startsWith('audio/')) return audioWork(body, base);
  return legacyVideoWork(product, body, base);
}

type Base = Pick<KlingWork, 'standard' | 'product' | 'prompt' | 'externalId' | 'callbackUrl'>;

async function imageWork(product: string, body: Record<string, unknown>, base: Base): Promise<Made> {
  const isOmni = product === 'images/omni-image';
  const model = String(body.model_name ?? (isOmni ? 'kling-image-o1' : 'kling-v3'));
  if (!(isOmni ? ['kling-image-o1', 'kling-v3-omni'] : ['kling-v3', 'kling-v2-1']).includes(model))
    return { status: 404, code: 1203, message: `model_name ${model} is not supported` };
  const { n = 1, resolution = '1k', aspect_ratio: ratio = isOmni ? 'auto' : '16:9' } = body;
  if (!Number.isInteger(n) || Number(n) < 1 || Number(n) > 9) return bad('n must be between 1 and 9');
  if (!(isOmni ? ['1k', '2k', '4k'] : ['1k', '2k']).includes(String(resolution)))
    return bad('resolution is invalid');
  if (!ratios.includes(String(ratio)) && !(isOmni && ratio === 'auto')) return bad('aspect_ratio is invalid');
  const images = isOmni
    ? ((body.image_list ?? []) as { image: unknown }[]).map(({ image }) => image)
    : body.image === undefined
      ? []
      : [body.image];
  if (images.length > 10) return bad('image_list must not exceed 10');
  for (const image of images) {
    const refusal = await imageRefusal(image);
    if (refusal !== null) return refusal;
  }
  const isSeries = isOmni && body.result_type === 'series';
  if (isOmni && !['single', 'series'].includes(String(body.result_type ?? 'single')))
    return bad('result_type must be single or series');
  const amount = body.series_amount ?? 'auto';
  if (
    isSeries &&
    amount !== 'auto' &&
    !(Number.isInteger(amount) && Number(amount) >= 2 && Number(amount) <= 9)
  )
    return bad('series_amount must be between 2 and 9, or auto');
  const count = isSeries ? (amount === 'auto' ? 4 : Number(amount)) : Number(n);
  const perImage = model === 'kling-v2-1' ? (images.length > 0 ? 8 : 4) : resolution === '4k' ? 16 : 8;
  const side = sides[String(resolution)] ?? 1024;
  const [across = 1, down = 1] = String(ratio === 'auto' ? '1:1' : ratio)
    .split(':')
    .map(Number);
  const size = sizeFor(
    `${across}:${down}`,
    Math.round(side / Math.sqrt(Math.max(across / down, down / across)) / 2) * 2,
  );
  return {
    model,
    work: { ...base, kind: 'image', ...size, seconds: 0, count, units: perImage * count },
  };
}

function audioWork(body: Record<string, unknown>, base: Base): Made {
  const seconds = body.duration;
  if (typeof seconds !== 'number' || seconds < 3 || seconds > 10)
    return bad('duration must be between 3.0 and 10.0');
  return {
    model: 'text-to-audio',
    work: { ...base, kind: 'audio', width: 0, height: 0, seconds, count: 1, units: 0.25 },
  };
}

async function legacyVideoWork(product: string, body: Record<string, unknown>, base: Base): Promise<Made> {
  const model = String(body.model_name ?? 'kling-v2-5-turbo');
  if (!['kling-v3', 'kling-v2-6', 'kling-v2-5-turbo'].includes(model))
    return { status: 404, code: 1203, message: `model_name ${model} is not supported` };
  const { duration = '5', mode = 'std', sound = 'off', aspect_ratio: ratio = '16:9' } = body;
  if (typeof duration !== 'string' || !/^([3-9]|1[0-5])$/.test(duration))
    return bad('duration must be a string from "3" to "15"');
  if (!['std', 'pro', '4k'].includes(String(mode))) return bad('mode must be one of std, pro, 4k');
  if (!['on', 'off'].includes(String(sound))) return bad('sound must be on or off');
  if (product === 'videos/image2video') {
    const refusal = await imageRefusal(body.image);
    if (refusal !== null) return refusal;
  }
  const short = { std: 720, pro: 1080, '4k': 2160 }[String(mode) as 'std'] ?? 720;
  const perSecond =
    (mode === 'std' ? 0.6 : mode === 'pro' ? 0.8 : 3) + (sound === 'on' && mode !== '4k' ? 0.3 : 0);
  const seconds = Number(duration);
  return {
    model,
    work: {
      ...base,
      kind: 'video',
      ...sizeFor(String(ratio), short),
      seconds,
      count: 1,
      hasSound: sound === 'on',
      units: Math.round(perSecond * seconds * 100) / 100,
    },
  };
}
