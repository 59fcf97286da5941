import { type Clip, type ClipLimits, clipFault, fetchClip } from '../kit/clip.ts';
import { seedOf } from '../kit/prose.ts';
import { strangeField, videoFields } from './fields.ts';
import { badParameter, type Refused } from './refusals.ts';

interface VideoModel {
  dialect: 'wan2.6' | 'wan2.7' | 'wan3.0';
  /** What has to be sent along. */
  needs: 'nothing' | 'img_url' | 'media';
  resolutions: readonly string[];
  seconds: { low: number; high: number } | readonly number[];
}

const older: VideoModel = {
  dialect: 'wan2.6',
  needs: 'nothing',
  resolutions: ['720P', '1080P'],
  seconds: { low: 2, high: 15 },
};
const seven: VideoModel = {
  dialect: 'wan2.7',
  needs: 'nothing',
  resolutions: ['720P', '1080P'],
  seconds: { low: 2, high: 15 },
};
const three: VideoModel = {
  dialect: 'wan3.0',
  needs: 'nothing',
  resolutions: ['480P', '720P', '1080P'],
  seconds: { low: 2, high: 30 },
};

export const videoModels: Readonly<Record<string, VideoModel>> = {
  'wan2.5-t2v-preview': { ...older, resolutions: ['480P', '720P', '1080P'], seconds: [5, 10] },
  'wan2.5-i2v-preview': {
    ...older,
    needs: 'img_url',
    resolutions: ['480P', '720P', '1080P'],
    seconds: [5, 10],
  },
  'wan2.6-t2v': older,
  'wan2.6-i2v': { ...older, needs: 'img_url' },
  'wan2.6-i2v-flash': { ...older, needs: 'img_url' },
  'wan2.7-t2v': seven,
  'wan2.7-i2v': { ...seven, needs: 'media' },
  'wan2.7-r2v': { ...seven, needs: 'media', seconds: { low: 2, high: 10 } },
  'wan2.7-videoedit': { ...seven, needs: 'media', seconds: { low: 0, high: 10 } },
  'wan3.0-video': three,
  'wan3.0-video-prime': three,
};

export interface VideoWork {
  kind: 'video';
  prompt: string;
  width: number;
  height: number;
  seconds: number;
  inputSeconds: number;
  lines: number;
  ratio: string;
  hasSound: boolean;
}

/** Of a reference, Wan 2.7 charges so many seconds at most. */
const REFERENCE_SECONDS = 5;
const CLIP: ClipLimits = { megabytes: 100, seconds: [2, 10] };
const SOUND: ClipLimits = { megabytes: 15, seconds: [2, 30] };
const sizes: Record<string, Record<string, [number, number]>> = {
  '480P': { '16:9': [832, 480], '9:16': [480, 832], '1:1': [624, 624] },
  '720P': {
    '16:9': [1280, 720],
    '9:16': [720, 1280],
    '1:1': [960, 960],
    '4:3': [1088, 832],
    '3:4': [832, 1088],
  },
  '1080P': {
    '16:9': [1920, 1080],
    '9:16': [1080, 1920],
    '1:1': [1440, 1440],
    '4:3': [1632, 1248],
    '3:4': [1248, 1632],
  },
};
interface Media {
  type: string;
  url?: string;
  reference_voice?: string;
}

/** A body as work, or why it is refused. */
export async function videoWork(body: Record<string, unknown>): Promise<VideoWork | Refused> {
  const name = String(body.model);
  const model = videoModels[name];
  if (model === undefined)
    return { status: 404, code: 'ModelNotFound', message: `Model can not be found: ${name}` };
  const input = (body.input ?? {}) as Record<string, unknown>;
  const parameters = (body.parameters ?? {}) as Record<string, unknown>;
  const media = (input.media ?? []) as Media[];
  const strange = strangeField(body, videoFields(name));
  if (strange !== undefined) return badParameter(`${strange} is not supported by this model`);
  const prompt = input.prompt;
  if (typeof prompt !== 'string' || prompt === '') return badParameter('prompt is required');
  if (model.needs === 'img_url' && typeof input.img_url !== 'string')
    return badParameter('img_url is required');
  const refusal = mediaRefusal(media, name, model) ?? parametersRefusal(parameters, model, name);
  if (refusal !== null) return refusal;
  const sound = typeof input.audio_url === 'string' ? [{ type: 'audio_url', url: input.audio_url }] : [];
  const voices = media.flatMap(({ reference_voice: url }) =>
    url === undefined ? [] : [{ type: 'reference_voice', url }],
  );
  const clips = await clipsOf([...media, ...sound, ...voices]);
  if ('code' in clips) return clips;
  const sized = /^(\d+)\*(\d+)$/.exec(String(parameters.size ?? ''));
  // What is left out is the dearest.
  const resolution = String(parameters.resolution ?? '1080P');
  const ratio = String(parameters.ratio ?? '16:9').replace('adaptive', '16:9');
  const [width, height] =
    sized === null ? (sizes[resolution]?.[ratio] ?? [1920, 1080]) : [Number(sized[1]), Number(sized[2])];
  const duration = (parameters.duration as number | undefined) ?? 5;
  return {
    kind: 'video',
    prompt,
    width,
    height,
    seconds: duration === -1 ? 3 + (seedOf(prompt) % 8) : duration === 0 ? clips.lasting : duration,
    inputSeconds: name === 'wan2.7-r2v' ? clips.lastingAtMost : clips.lasting,
    lines: sized === null ? Number(resolution.replace('P', '')) : linesOf(width, height),
    ratio,
    hasSound: parameters.audio !== false,
  };
}

/** Fetches what goes by address, and counts the seconds of the clips that are charged. */
async function clipsOf(media: Media[]): Promise<{ lasting: number; lastingAtMost: number } | Refused> {
  const seconds: number[] = [];
  for (const { type, url = '' } of media) {
    if (!/video|clip|audio|voice/.test(type) || url.startsWith('oss:')) continue;
    const clip = await fetchClip(url);
    if (clip === null)
      return {
        status: 400,
        code: 'BadRequest.InputDownloadFailed',
        message: 'Failed to download the input file: check that it can be reached and read.',
      };
    const fault = mediaFault(type, clip);
    if (fault !== null) return badParameter(`media ${type} is invalid: ${fault}`);
    if (type === 'video' || type === 'reference_video') seconds.push(Math.ceil(clip.seconds - 0.05));
  }
  return {
    lasting: seconds.reduce((sum, each) => sum + each, 0),
    lastingAtMost: seconds.reduce((sum, each) => sum + Math.min(REFERENCE_SECONDS, each), 0),
  };
}

function mediaFault(type: string, clip: Clip): string | null {
  const wanted = /audio|voice/.test(type) ? 'audio' : 'video';
  return clip.kind === wanted
    ? clipFault(clip, wanted === 'audio' ? SOUND : CLIP)
    : `it is no ${wanted} that is supported`;
}

function linesOf(width: number, height: number): number {
  const pixels = width * height;
  return pixels <= 832 * 480 ? 480 : pixels <= 1280 * 720 ? 720 : 1080;
}

function mediaRefusal(media: Media[], name: string, model: VideoModel): Refused | null {
  if (model.needs === 'media' && media.length === 0) return badParameter('media is required');
  if (media.length > 0 && model.dialect === 'wan2.6')
    return badParameter('media is not supported by this model');
  const allowed = videoFields(name);
  for (const { type, url, reference_voice: voice } of media) {
    if (voice !== undefined && !allowed.includes('input.media.reference_voice'))
      return badParameter('reference_voice is not supported by this model');
    if (!allowed.includes(`input.media[${type}]`)) return badParameter(`media type ${type} is invalid`);
    const isImage = type.endsWith('frame') || type === 'reference_image';
    if (!(isImage ? /^(https?:\/\/|oss:\/\/|data:image\/)/ : /^(https?|oss):\/\//).test(url ?? ''))
      return { status: 400, code: 'InvalidURL', message: 'The provided URL does not appear to be valid.' };
  }
  const isReference = media.some(({ type }) => type.startsWith('reference_'));
  const isFrames = media.some(({ type }) => type.endsWith('_frame'));
  return model.dialect === 'wan3.0' && isReference && isFrames
    ? badParameter('frames and reference media cannot be mixed')
    : null;
}

function parametersRefusal(
  parameters: Record<string, unknown>,
  model: VideoModel,
  name: string,
): Refused | null {
  const { resolution, ratio, duration, seed, size } = parameters;
  if (resolution !== undefined && !model.resolutions.includes(String(resolution)))
    return badParameter(`resolution must be one of ${model.resolutions.join(', ')}`);
  if (size !== undefined && (model.dialect !== 'wan2.6' || !/^\d+\*\d+$/.test(String(size))))
    return badParameter('size is invalid');
  if (ratio !== undefined && !['16:9', '9:16', '1:1', '4:3', '3:4', 'adaptive'].includes(String(ratio)))
    return badParameter('ratio is invalid');
  if (
    seed !== undefined &&
    !(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 2_147_483_647)
  )
    return badParameter('seed is invalid');
  if (duration === undefined) return null;
  if (!Number.isInteger(duration)) return badParameter('duration must be an integer');
  const wished = duration as number;
  if (wished === -1 && name.startsWith('wan3.0')) return null;
  const isGood =
    'low' in model.seconds
      ? wished >= model.seconds.low && wished <= model.seconds.high
      : model.seconds.includes(wished);
  return isGood ? null : badParameter('duration is out of range');
}
