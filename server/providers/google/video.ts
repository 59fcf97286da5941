import { readAnswer, unitsOf } from '../answers.ts';
import { base64Of, fileIn, filesIn, filesInOrFree, kindsOf, numberOf, textOf } from '../input-files.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type InputFile,
  ProviderFault,
  type Route,
  type Task,
  type TaskAdapter,
  type TaskState,
  type Units,
} from '../provider.ts';
import { googleFault, REFUSALS } from './faults.ts';
import { Interaction } from './wire.ts';

/** Tokens a second by resolution: counted at 720p, the others by their price. */
const TOKENS_PER_SECOND: Record<string, number> = { '360p': 1760, '720p': 5792, '1080p': 8700, '4k': 17_400 };
const TOKENS_PER_IMAGE = 2100;
const TOKENS_PER_CLIP_SECOND = 5900;
const LONGEST_CLIP_SECONDS = 15;
const POLL_MS = 5_000;
const POLL_MOST_MS = 15_000;

/** Omni: a background interaction that is asked until it ends. */
export const omniVideo: TaskAdapter = {
  kind: 'task',
  deadlineMs: 15 * 60_000,
  bound: boundOf,
  submit,
  poll,
  cancel,
  // Its callbacks are signed with a key that is fetched from Google; here they are hints to ask, nothing more.
  verifyWebhook: () => true,
};

function boundOf(call: Call): Units {
  const seconds = numberOf(call.params.duration, LONGEST_CLIP_SECONDS);
  const rate = TOKENS_PER_SECOND[textOf(call.params.resolution)] ?? TOKENS_PER_SECOND['4k']!;
  const input = call.files.reduce(
    (sum, file) =>
      sum +
      (file.mediaType.startsWith('video/')
        ? Math.ceil(file.durationSeconds ?? LONGEST_CLIP_SECONDS) * TOKENS_PER_CLIP_SECOND
        : TOKENS_PER_IMAGE),
    Buffer.byteLength(textOf(call.params.prompt)) + 200,
  );
  // A tenth more than counted, and one second: clips end on a frame, not on a second.
  return unitsOf({ input_token: input, output_token: 1000, output_video_token: (seconds + 1) * rate * 1.1 });
}

async function submit(call: Call, { route, send }: Context): Promise<TaskState> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/interactions`,
    headers: { 'x-goog-api-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(call)),
    kinds: kindsOf(call),
  });
  return stateOf(await readAnswer(answer, Interaction, googleFault), route);
}

function bodyOf(call: Call): Record<string, unknown> {
  const { prompt, aspect_ratio, resolution, duration, task } = call.params;
  const media = mediaOf(call);
  return {
    model: call.upstreamModel,
    background: true,
    store: true,
    input: [...media.map(inputOf), { type: 'text', text: prompt }],
    response_format: {
      type: 'video',
      delivery: 'uri',
      ...(aspect_ratio === undefined ? {} : { aspect_ratio }),
      ...(resolution === undefined ? {} : { resolution }),
      ...(typeof duration === 'number' ? { duration: `${duration}s` } : {}),
    },
    generation_config: { video_config: { task: taskOf(call, textOf(task)) } },
    ...(call.webhook === undefined ? {} : { webhook_config: { uris: [call.webhook.url] } }),
  };
}

function mediaOf(call: Call): InputFile[] {
  const named = ['first_frame', 'last_frame', 'reference_images', 'reference_videos'].flatMap((field) =>
    filesIn(call, field),
  );
  return [...named, ...filesInOrFree(call, 'video', 'video')].filter(
    (file, at, all) => all.indexOf(file) === at,
  );
}

const inputOf = (file: InputFile) => ({
  type: file.mediaType.startsWith('video/') ? 'video' : 'image',
  mime_type: file.mediaType,
  data: base64Of(file),
});

function taskOf(call: Call, asked: string): string {
  if (fileIn(call, 'video') !== undefined) return asked === '' ? 'edit' : asked;
  if (filesIn(call, 'reference_images').length + filesIn(call, 'reference_videos').length > 0)
    return 'reference_to_video';
  return fileIn(call, 'first_frame') === undefined ? 'text_to_video' : 'image_to_video';
}

async function poll(task: Task, { route, send }: Context): Promise<TaskState> {
  const answer = await send({
    method: 'GET',
    url: interactionUrl(task, route),
    headers: { 'x-goog-api-key': route.key },
    kinds: ['none'],
  });
  // Living interactions were seen to answer 400 now and then; an unknown id does so with these words.
  if (answer.status === 400) {
    const words = (await answer.bytes()).toString('utf8');
    if (/invalid interaction name/i.test(words))
      throw new ProviderFault('unknown', 'the provider does not know this job', { accepted: 'yes' });
    return { state: 'running', task, pollAfterMs: POLL_MOST_MS };
  }
  return stateOf(await readAnswer(answer, Interaction, googleFault), route);
}

async function cancel(task: Task, { route, send }: Context): Promise<boolean> {
  const answer = await send({
    method: 'POST',
    url: `${interactionUrl(task, route)}/cancel`,
    headers: { 'x-goog-api-key': route.key, 'content-type': 'application/json' },
    body: '{}',
    kinds: ['none'],
  });
  await answer.bytes();
  return answer.status === 200;
}

const interactionUrl = (task: Task, route: Route): string =>
  `${route.baseUrl}/interactions/${encodeURIComponent(task.id)}`;

function stateOf(interaction: Interaction, route: Route): TaskState {
  const { id, status, error } = interaction;
  switch (status) {
    case 'queued':
    case 'in_progress':
      return { state: 'running', task: { id }, phase: status, pollAfterMs: POLL_MS };
    case 'completed':
      return doneOf(interaction, route);
    case 'cancelled':
    case 'failed':
    case 'incomplete':
    case 'budget_exceeded': {
      const code = String(error?.code ?? status);
      throw new ProviderFault(
        REFUSALS.has(code.toUpperCase()) ? 'rejected_content' : 'unknown',
        `${code} ${error?.message ?? ''}`,
        { accepted: 'yes', usage: unitsIn(interaction) ?? undefined },
      );
    }
    default: // a word that is not documented yet: asked again until the deadline
      return { state: 'running', task: { id }, phase: status, pollAfterMs: POLL_MOST_MS };
  }
}

/** A refusal looks like success there: completed, with words alone. */
function doneOf(interaction: Interaction, route: Route): TaskState {
  const blocks = interaction.steps?.flatMap(({ content }) => content ?? []) ?? [];
  const artifacts = blocks
    .filter(({ type }) => type === 'video')
    .flatMap((block) => artifactOf(block, route));
  if (artifacts.length === 0) {
    const words = blocks.map(({ text }) => text ?? '').join(' ');
    throw new ProviderFault('rejected_content', words.slice(0, 300), {
      accepted: 'yes',
      usage: unitsIn(interaction) ?? undefined,
    });
  }
  return { state: 'done', artifacts, usage: unitsIn(interaction), upstreamId: interaction.id };
}

function artifactOf(
  { uri, data, mime_type }: { uri?: string | null; data?: string | null; mime_type?: string | null },
  route: Route,
): Artifact[] {
  const mediaType = mime_type ?? 'video/mp4';
  if (data != null) return [{ bytes: Buffer.from(data, 'base64'), mediaType }];
  if (uri == null) return [];
  const url = new URL(uri);
  if (!url.searchParams.has('alt')) url.searchParams.set('alt', 'media');
  // The key is needed, and travels to the API's own host alone.
  const own = url.host === new URL(route.baseUrl).host;
  return [{ url: url.href, mediaType, headers: own ? { 'x-goog-api-key': route.key } : {} }];
}

function unitsIn({ usage }: Interaction): Units | null {
  if (usage == null) return null;
  const video = (usage.output_tokens_by_modality ?? [])
    .filter(({ modality }) => modality.toLowerCase() === 'video')
    .reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
  return unitsOf({
    input_token: usage.total_input_tokens,
    output_token: (usage.total_output_tokens ?? 0) - video,
    output_video_token: video,
  });
}
