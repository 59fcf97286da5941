import { type ClipLimits, clipFault, fetchClip } from '../kit/clip.ts';
import { seedOf } from '../kit/prose.ts';
import { contentRoles, videoFields } from './fields.ts';
import { badParameter, missing, type Refused } from './refusals.ts';

interface VideoModel {
  resolutions: readonly string[];
  low: number;
  high: number;
  /** −1 is taken: the model decides. */
  takesAuto: boolean;
  defaultSeconds: number;
  generation: 1 | 2;
  hasAudio: boolean;
}

const second: VideoModel = {
  resolutions: ['480p', '720p', '1080p', '4k'],
  low: 4,
  high: 15,
  takesAuto: true,
  defaultSeconds: 5,
  generation: 2,
  hasAudio: true,
};
const first: VideoModel = {
  resolutions: ['480p', '720p', '1080p'],
  low: 2,
  high: 12,
  takesAuto: false,
  defaultSeconds: 5,
  generation: 1,
  hasAudio: false,
};

const videoModels: Readonly<Record<string, VideoModel>> = {
  'dreamina-seedance-2-0-260128': second,
  'dreamina-seedance-2-0-fast-260128': { ...second, resolutions: ['480p', '720p'] },
  'dreamina-seedance-2-0-mini-260615': { ...second, resolutions: ['480p', '720p'] },
  'dreamina-seedance-2-5-260628': {
    ...second,
    resolutions: ['480p', '720p', '1080p'],
    high: 30,
    defaultSeconds: -1,
  },
  'seedance-1-5-pro-251215': { ...first, low: 4, takesAuto: true, hasAudio: true },
  'seedance-1-0-pro-250528': first,
  'seedance-1-0-pro-fast-251015': first,
  'seedance-1-0-lite-t2v-250428': first,
  'seedance-1-0-lite-i2v-250428': first,
};

/** A video as Ark makes it. */
export interface SeedanceWork {
  prompt: string;
  seconds: number;
  resolution: string;
  ratio: string;
  width: number;
  height: number;
  seed: number;
  audio: boolean;
  lastFrame: boolean;
  serviceTier: string;
  expiresAfter: number;
  tokens: number;
  callbackUrl: string | null;
}

const FRAMES_PER_SECOND = 24;
const CLIP: ClipLimits = { megabytes: 50, seconds: [2, 15], framesPerSecond: [24, 60] };
const SOUND: ClipLimits = { megabytes: 15, seconds: [2, 15] };
const CLIPS_SECONDS = 15;
const ratios = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'];
const lines: Record<string, number> = { '480p': 480, '720p': 720, '1080p': 1080, '4k': 2160 };

/** What an item without a role is for. */
const usualRole: Record<string, string> = {
  image_url: 'first_frame',
  video_url: 'reference_video',
  audio_url: 'reference_audio',
  draft_task: 'draft_task',
};

interface Item {
  type: string;
  text?: string;
  role?: string;
  image_url?: { url: string };
  video_url?: { url: string };
  audio_url?: { url: string };
}

export async function videoWork(body: Record<string, unknown>): Promise<SeedanceWork | Refused> {
  const { model: name, content } = body;
  if (typeof name !== 'string') return missing('model');
  const model =
    videoModels[name.replace(/^doubao-/, 'dreamina-')] ?? videoModels[name.replace(/^doubao-/, '')];
  if (model === undefined)
    return {
      status: 404,
      code: 'InvalidEndpointOrModel.NotFound',
      message: `The model or endpoint ${name} does not exist or you do not have access to it`,
    };
  const strange = Object.keys(body).find((field) => !videoFields(name).includes(field));
  if (strange !== undefined)
    return badParameter(strange, `The parameter \`${strange}\` specified in the request is not valid`);
  if (!Array.isArray(content) || content.length === 0) return missing('content');
  const refusal =
    contentRefusal(content, contentRoles(name)) ??
    ratioRefusal(name, body, content) ??
    settingsRefusal(body, model);
  if (refusal !== null) return refusal;
  const sent = await secondsOfClips(content);
  return typeof sent === 'number' ? workOf(body, content, model, sent) : sent;
}

/** Fetches clips and sounds, which go by address, and adds up the seconds of the clips. */
async function secondsOfClips(content: Item[]): Promise<number | Refused> {
  let seconds = 0;
  for (const [at, { type, video_url, audio_url }] of content.entries()) {
    const url = (video_url ?? audio_url)?.url;
    if (url === undefined || !/^https?:/.test(url)) continue;
    const not = (why: string) =>
      badParameter(`content[${at}].${type}`, `The parameter \`content.${type}\` is not valid: ${why}`);
    const clip = await fetchClip(url);
    if (clip === null) return not('the resource could not be downloaded or read');
    if (clip.kind !== (type === 'video_url' ? 'video' : 'audio')) return not('its format is not supported');
    const fault = clipFault(clip, clip.kind === 'video' ? CLIP : SOUND);
    if (fault !== null) return not(fault);
    if (clip.kind === 'video') seconds += clip.seconds;
  }
  return seconds > CLIPS_SECONDS + 0.05
    ? badParameter('content', `reference videos must not last longer than ${CLIPS_SECONDS}s in all`)
    : seconds;
}

/** In 2.5, whatever begins from frames keeps their ratio. */
function ratioRefusal(name: string, { ratio }: Record<string, unknown>, content: Item[]): Refused | null {
  const hasFrames = content.some(({ role }) => role === 'first_frame' || role === 'last_frame');
  return name.includes('seedance-2-5') && hasFrames && (ratio ?? 'adaptive') !== 'adaptive'
    ? badParameter('ratio', 'The parameter `ratio` must be adaptive for this task')
    : null;
}

function contentRefusal(content: Item[], roles: string[]): Refused | null {
  for (const [at, item] of content.entries()) {
    const url = item.image_url?.url ?? item.video_url?.url ?? item.audio_url?.url;
    const role = item.role ?? usualRole[item.type] ?? item.type;
    if (item.type in usualRole && !roles.includes(role))
      return badParameter(`content[${at}].role`, 'The parameter `role` is not valid');
    switch (item.type) {
      case 'text':
        if (typeof item.text !== 'string') return missing(`content[${at}].text`);
        break;
      case 'image_url':
        if (!/^(https?:\/\/|asset:\/\/|data:image\/[a-z]+;base64,)/.test(url ?? ''))
          return badParameter(
            `content[${at}].image_url`,
            'The parameter `content.image_url` is not valid: expected a URL or data:image/png;base64',
          );
        break;
      case 'video_url':
        if (!/^https?:\/\//.test(url ?? ''))
          return badParameter(
            `content[${at}].video_url`,
            'The parameter `content.video_url` is not valid: expected a URL',
          );
        break;
      case 'audio_url':
        if (!/^(https?:\/\/|data:audio\/)/.test(url ?? ''))
          return badParameter(`content[${at}].audio_url`, 'The parameter `content.audio_url` is not valid');
        break;
      case 'draft_task':
        break;
      default:
        return badParameter(`content[${at}].type`, 'The parameter `content.type` is not valid');
    }
  }
  const has = (role: string) => content.some((item) => item.role === role);
  const isReference = has('reference_image') || content.some(({ type }) => type === 'video_url');
  if (isReference && (has('first_frame') || has('last_frame')))
    return badParameter('content', 'first/last frame and reference media cannot be mixed');
  const isAudioAlone =
    content.some(({ type }) => type === 'audio_url') &&
    !content.some(({ type }) => type === 'image_url' || type === 'video_url');
  if (isAudioAlone) return badParameter('content', 'reference audio needs a picture or a clip beside it');
  return has('last_frame') && !has('first_frame')
    ? badParameter('content', 'last_frame needs first_frame')
    : null;
}

function settingsRefusal(body: Record<string, unknown>, model: VideoModel): Refused | null {
  const { resolution, ratio, duration, seed, execution_expires_after: expires, service_tier: tier } = body;
  const not = (param: string) =>
    badParameter(param, `The parameter \`${param}\` specified in the request is not valid`);
  if (resolution !== undefined && !model.resolutions.includes(String(resolution))) return not('resolution');
  if (ratio !== undefined && !ratios.includes(String(ratio))) return not('ratio');
  if (duration !== undefined) {
    const isGood =
      Number.isInteger(duration) &&
      (((duration as number) >= model.low && (duration as number) <= model.high) ||
        (model.takesAuto && duration === -1));
    if (!isGood) return not('duration');
  }
  if (
    seed !== undefined &&
    !(Number.isInteger(seed) && (seed as number) >= -1 && (seed as number) <= 4_294_967_295)
  )
    return not('seed');
  if (expires !== undefined && !((expires as number) >= 3600 && (expires as number) <= 259_200))
    return not('execution_expires_after');
  if (tier !== undefined && !['default', 'flex'].includes(String(tier))) return not('service_tier');
  if (tier === 'flex' && model.generation === 2) return not('service_tier');
  if (body.camera_fixed !== undefined && model.generation === 2) return not('camera_fixed');
  return body.generate_audio !== undefined && !model.hasAudio ? not('generate_audio') : null;
}

/** Options that stand in the prompt, as the first models take them: bad ones are passed over. */
function suffixOf(text: string): { text: string; options: Record<string, string> } {
  const options: Record<string, string> = {};
  const names: Record<string, string> = { rs: 'resolution', rt: 'ratio', dur: 'duration' };
  const plain = text.replaceAll(/\s--(\w+)\s+(\S+)/g, (_, name: string, value: string) => {
    options[names[name] ?? name] = value;
    return '';
  });
  return { text: plain.trim(), options };
}

function workOf(
  body: Record<string, unknown>,
  content: Item[],
  model: VideoModel,
  sentSeconds: number,
): SeedanceWork {
  const { text, options } = suffixOf(content.map(({ text: words }) => words ?? '').join(' '));
  const hasImages = content.some(({ type }) => type === 'image_url');
  const askedResolution = String(body.resolution ?? options.resolution ?? '720p');
  const resolution = model.resolutions.includes(askedResolution) ? askedResolution : '720p';
  const asked = String(
    body.ratio ?? options.ratio ?? (hasImages || model.generation === 2 ? 'adaptive' : '16:9'),
  );
  const ratio = asked === 'adaptive' || !ratios.includes(asked) ? '16:9' : asked;
  const duration = Number(body.duration ?? options.duration ?? model.defaultSeconds);
  const seconds =
    duration === -1
      ? model.low + (seedOf(text) % (model.high - model.low + 1))
      : Math.min(model.high, Math.max(model.low, duration));
  const { width, height } = sizeFor(ratio, lines[resolution] ?? 720);
  // Reference video is billed like output, and one more frame than asked is made.
  const inputFrames = Math.round(sentSeconds * FRAMES_PER_SECOND);
  const frames = FRAMES_PER_SECOND * seconds + 1 + inputFrames;
  return {
    prompt: text,
    seconds,
    resolution,
    ratio,
    width,
    height,
    seed: typeof body.seed === 'number' && body.seed >= 0 ? body.seed : seedOf(text),
    audio: model.hasAudio && body.generate_audio !== false,
    lastFrame: body.return_last_frame === true,
    serviceTier: String(body.service_tier ?? 'default'),
    expiresAfter: Number(body.execution_expires_after ?? 172_800),
    tokens: Math.round((width * height * frames) / 1024),
    callbackUrl: (body.callback_url as string | undefined) ?? null,
  };
}

/** Sides of about the area of 16:9 at these lines. */
function sizeFor(ratio: string, height: number): { width: number; height: number } {
  const [across = 16, down = 9] = ratio.split(':').map(Number);
  const area = height * ((height * 16) / 9);
  const even = (length: number) => Math.round(length / 16) * 16;
  if (ratio === '16:9') return { width: height === 480 ? 864 : Math.round((height * 16) / 9), height };
  return { width: even(Math.sqrt((area * across) / down)), height: even(Math.sqrt((area * down) / across)) };
}
