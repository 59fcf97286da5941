import { jsonOrNull, readAnswer, unitsOf } from '../answers.ts';
import {
  clipsAndSounds,
  dataUrlOf,
  defined,
  fileIn,
  filesIn,
  filesInOrFree,
  kindsOf,
  numberOf,
  publicUrlOf,
  textOf,
} from '../input-files.ts';
import {
  type Call,
  type Context,
  ProviderFault,
  type Route,
  type Task,
  type TaskAdapter,
  type TaskState,
  type Units,
} from '../provider.ts';
import { arkFailure, arkFault } from './faults.ts';
import { type ArkTask, Created, states, ArkTask as TaskShape } from './wire.ts';

const POLL_MS = 10_000;
const FRAMES_PER_SECOND = 24;
/** The most pixels of a frame by resolution, in any ratio. */
const PIXELS: Record<string, number> = {
  '480p': 640 * 640 * 1.06,
  '720p': 960 * 960 * 1.02,
  '1080p': 1440 * 1440 * 1.02,
  '4k': 3840 * 2160,
};
/** The least that is taken. */
const EXPIRES_SECONDS = 3600;
const LONGEST_CLIP_SECONDS = 15;

export const seedanceVideo: TaskAdapter = {
  kind: 'task',
  deadlineMs: 30 * 60_000,
  bound: boundOf,
  fetches: clipsAndSounds,
  submit,
  poll,
  cancel,
  // Callbacks there are never signed: each is a hint to ask.
  verifyWebhook: () => true,
  taskFromWebhook(raw) {
    const { success, data } = Created.safeParse(jsonOrNull(raw.toString('utf8')));
    return success ? { id: data.id } : null;
  },
};

/** Tokens are pixels × frames / 1024, of what is sent in as well; one frame more is made than was asked for. */
function boundOf(call: Call): Units {
  const sent = filesIn(call, 'reference_videos').reduce(
    (sum, file) => sum + (file.durationSeconds ?? LONGEST_CLIP_SECONDS),
    0,
  );
  const asked = isOpen(call) ? longestOf(call.upstreamModel) : numberOf(call.params.duration, 5);
  // Clips that are sent in have a least charge: as if they were as long as what comes out.
  const seconds = asked + (sent > 0 ? Math.max(sent, asked) : 0);
  const pixels = PIXELS[textOf(call.params.resolution)] ?? PIXELS['4k']!;
  return unitsOf({ output_video_token: (pixels * (seconds * FRAMES_PER_SECOND + 1)) / 1024 });
}

/** The model may say how long the clip is: then the longest is held. */
const isOpen = ({ params }: Call): boolean => params.auto_duration === true;

function longestOf(model: string): number {
  if (model.includes('seedance-2-5')) return 30;
  return model.includes('seedance-2-0') ? 15 : 12;
}

async function submit(call: Call, { route, send }: Context): Promise<TaskState> {
  const answer = await send({
    method: 'POST',
    url: tasksUrl(route),
    headers: headersFor(route),
    body: JSON.stringify(bodyOf(call)),
    kinds: kindsOf(call),
  });
  const { id } = await readAnswer(answer, Created, arkFault);
  return { state: 'running', task: { id }, phase: 'queued', pollAfterMs: POLL_MS };
}

/** Options after two dashes in the prompt would change size and price behind our back: they are taken out. */
const withoutOptions = (prompt: string): string =>
  prompt.replaceAll(/\s--[a-z_]+(\s+[\w:.-]+)?/gi, '').trim();

function bodyOf(call: Call): Record<string, unknown> {
  const { prompt, aspect_ratio, resolution, duration, audio, camera_fixed, watermark, seed } = call.params;
  const media = mediaOf(call);
  // What begins from a picture keeps its ratio there.
  const keepsRatio =
    call.upstreamModel.includes('seedance-2-5') && media.some(({ role }) => role === 'first_frame');
  return defined({
    model: call.upstreamModel,
    content: [{ type: 'text', text: withoutOptions(textOf(prompt)) }, ...media],
    resolution,
    ratio: keepsRatio ? 'adaptive' : aspect_ratio,
    duration: isOpen(call) ? -1 : duration,
    generate_audio: audio,
    camera_fixed: media.some(({ role }) => role === 'reference_image') ? undefined : camera_fixed,
    watermark,
    seed,
    return_last_frame: call.params.return_last_frame,
    // What waits longer than we do ends by itself, and costs nothing.
    execution_expires_after: EXPIRES_SECONDS,
    safety_identifier: call.memberHash,
    callback_url: call.webhook?.url,
  });
}

function mediaOf(call: Call): Record<string, unknown>[] {
  const first = fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0];
  const last = fileIn(call, 'last_frame');
  const references = filesIn(call, 'reference_images');
  const image = (file: typeof first, role: string) =>
    file === undefined ? [] : [{ type: 'image_url', image_url: { url: dataUrlOf(file) }, role }];
  return [
    ...image(references.length > 0 ? undefined : first, 'first_frame'),
    ...image(last, 'last_frame'),
    ...references.flatMap((file) => image(file, 'reference_image')),
    ...filesIn(call, 'reference_videos').map((file) => ({
      type: 'video_url',
      video_url: { url: publicUrlOf(file) },
      role: 'reference_video',
    })),
    ...filesIn(call, 'reference_audios').map((file) => ({
      type: 'audio_url',
      audio_url: { url: publicUrlOf(file) },
      role: 'reference_audio',
    })),
  ];
}

async function poll(task: Task, { route, send }: Context): Promise<TaskState> {
  const answer = await send({
    method: 'GET',
    url: `${tasksUrl(route)}/${encodeURIComponent(task.id)}`,
    headers: headersFor(route),
    kinds: ['none'],
  });
  if (answer.status === 404)
    throw new ProviderFault('unknown', 'the provider does not know this job (any more)', { accepted: 'yes' });
  return stateOf(await readAnswer(answer, TaskShape, arkFault), task);
}

function stateOf(found: ArkTask, task: Task): TaskState {
  const state = states[found.status];
  switch (state) {
    case 'done': {
      const url = found.content?.video_url;
      if (url == null) throw new ProviderFault('unknown', 'done, but without a clip', { accepted: 'yes' });
      const tokens = found.usage?.completion_tokens;
      return {
        state: 'done',
        artifacts: [url, found.content?.last_frame_url].flatMap((each) =>
          each == null ? [] : [{ url: each }],
        ),
        usage: tokens == null ? null : unitsOf({ output_video_token: tokens }),
        upstreamId: found.id,
      };
    }
    case 'failed':
      throw arkFailure(found.error ?? { message: found.status });
    case 'running':
    case undefined: // a word that is not documented yet: asked again until the deadline
      return { state: 'running', task, phase: found.status, pollAfterMs: POLL_MS };
    default:
      return state satisfies never;
  }
}

/** Ends a job that waits; one that runs goes on. */
async function cancel(task: Task, { route, send }: Context): Promise<boolean> {
  const answer = await send({
    method: 'DELETE',
    url: `${tasksUrl(route)}/${encodeURIComponent(task.id)}`,
    headers: headersFor(route),
    kinds: ['none'],
  });
  await answer.bytes();
  return answer.status === 200;
}

const tasksUrl = (route: Route): string => `${route.baseUrl}/contents/generations/tasks`;

function headersFor(route: Route): Record<string, string> {
  return { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' };
}
