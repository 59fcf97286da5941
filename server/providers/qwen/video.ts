import { dataUrlOf, defined, fileIn, filesIn, filesInOrFree, numberOf, publicUrlOf } from '../input-files.ts';
import type { Call, InputFile } from '../provider.ts';

/** Of clips that follow a reference, at most so much is charged by Wan 2.7. */
const REFERENCE_SECONDS = 5;
const LONGEST_CLIP_SECONDS = 15;
/** What goes in and what comes out, together. */
const LONGEST_SECONDS = 30;
const EDIT = 'wan2.7-videoedit';

/** Words of the media list by model; the names of ours beside them. */
const FRAMES = { first_frame: 'first_frame', last_frame: 'last_frame' };
const REFERENCES = { reference_images: 'reference_image', reference_videos: 'reference_video' };
const media: Record<string, Record<string, string>> = {
  'wan2.7-t2v': {},
  'wan2.7-i2v': { ...FRAMES, reference_audio: 'driving_audio', video: 'first_clip' },
  'wan2.7-r2v': { ...REFERENCES, first_frame: 'first_frame' },
  'wan2.7-videoedit': { video: 'video', reference_images: 'reference_image' },
  'wan3.0-video': { ...FRAMES, ...REFERENCES, reference_audios: 'reference_audio', document: 'file' },
};

/** Resolution, length and sound are always sent: left out, the dearest is made. */
export function videoBody(call: Call): Record<string, unknown> {
  if (isEarlier(call.upstreamModel)) return earlierBody(call);
  const { prompt, negative_prompt, aspect_ratio, resolution, duration, audio, audio_setting } = call.params;
  const { prompt_extend, watermark, seed } = call.params;
  const list = [...withVoices(mediaOf(call), call), ...linksOf(call)];
  const song = call.upstreamModel === 'wan2.7-t2v' ? fileIn(call, 'reference_audio') : undefined;
  return {
    model: call.upstreamModel,
    input: defined({
      prompt,
      negative_prompt,
      media: list.length === 0 ? undefined : list,
      audio_url: song === undefined ? undefined : publicUrlOf(song),
    }),
    parameters: defined({
      resolution,
      ratio: aspect_ratio,
      duration: call.params.auto_duration === true ? openDuration(call.upstreamModel) : duration,
      audio,
      audio_setting,
      prompt_extend,
      watermark,
      seed,
    }),
  };
}

/** Models before Wan 2.7 take a first frame by its own name, and without one the size in pixels. */
const isEarlier = (model: string): boolean => /^wan2\.[2-6]/.test(model);
const SIZES: Record<string, Record<string, string>> = {
  '480P': { '16:9': '832*480', '9:16': '480*832', '1:1': '624*624' },
  '720P': { '16:9': '1280*720', '9:16': '720*1280', '1:1': '960*960' },
  '1080P': { '16:9': '1920*1080', '9:16': '1080*1920', '1:1': '1440*1440' },
};

/** Of an edit, nought is the length of the clip; elsewhere less than nought lets the model choose. */
const openDuration = (model: string): number => (model === EDIT ? 0 : -1);

function linksOf({ params }: Call): { type: string; url: string }[] {
  return typeof params.link === 'string' ? [{ type: 'link', url: params.link }] : [];
}

/** A voice belongs to a reference: the first to the first. */
function withVoices(list: { type: string; url: string }[], call: Call) {
  const voices = filesIn(call, 'reference_voices');
  let at = 0;
  return list.map((item) => {
    const voice = item.type.startsWith('reference_') ? voices[at++] : undefined;
    return voice === undefined ? item : { ...item, reference_voice: publicUrlOf(voice) };
  });
}

function earlierBody(call: Call): Record<string, unknown> {
  const { prompt, negative_prompt, aspect_ratio, resolution, duration, audio } = call.params;
  const { prompt_extend, watermark, seed } = call.params;
  const [frame] = filesOf(call, 'first_frame');
  const sound = fileIn(call, 'reference_audio');
  const shape =
    frame === undefined
      ? { size: SIZES[String(resolution)]?.[String(aspect_ratio ?? '16:9')] }
      : { resolution };
  return {
    model: call.upstreamModel,
    input: defined({
      prompt,
      negative_prompt,
      img_url: frame === undefined ? undefined : dataUrlOf(frame),
      audio_url: sound === undefined ? undefined : publicUrlOf(sound),
    }),
    parameters: defined({ ...shape, duration, audio, prompt_extend, watermark, seed }),
  };
}

function mediaOf(call: Call): { type: string; url: string }[] {
  const fields = media[call.upstreamModel] ?? FRAMES;
  return Object.entries(fields).flatMap(([field, type]) =>
    filesOf(call, field).map((file) => ({ type, url: urlOf(file) })),
  );
}

function filesOf(call: Call, field: string): InputFile[] {
  return field === 'first_frame' && fileIn(call, 'first_frame') === undefined
    ? filesInOrFree(call, field, 'image').slice(0, 1)
    : filesIn(call, field);
}

/** Pictures go as data addresses; clips and sounds are fetched. */
const urlOf = (file: InputFile): string =>
  file.mediaType.startsWith('image/') ? dataUrlOf(file) : publicUrlOf(file);

/** Seconds that are charged at most: what comes out, and what of clips sent in counts. */
export function videoSeconds(call: Call): number {
  const isOpen = call.params.auto_duration === true;
  const asked = isOpen && call.upstreamModel !== EDIT ? LONGEST_SECONDS : numberOf(call.params.duration, 5);
  const clips = [...filesIn(call, 'video'), ...filesIn(call, 'reference_videos')];
  const sent = clips.reduce((sum, file) => sum + (file.durationSeconds ?? LONGEST_CLIP_SECONDS), 0);
  if (isOpen && call.upstreamModel === EDIT) return 2 * sent;
  if (call.upstreamModel === 'wan2.7-r2v') return asked + Math.min(sent, REFERENCE_SECONDS * clips.length);
  return call.upstreamModel === 'wan2.7-i2v' ? asked : asked + sent;
}
