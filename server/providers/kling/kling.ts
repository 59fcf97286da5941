import { jsonOrNull, packUnits, readAnswer, unitsOf, unpackUnits } from '../answers.ts';
import { fileIn, kindsOf, numberOf } from '../input-files.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type InputFile,
  type Provider,
  ProviderFault,
  type Task,
  type TaskAdapter,
  type TaskState,
  type Units,
} from '../provider.ts';
import { isStandardSigned } from '../webhook-signatures.ts';
import { failed, isDuplicate, klingFault } from './faults.ts';
import type { Order } from './order.ts';
import { imageOrder, soundOrder, videoOrder } from './request.ts';
import {
  AVATAR,
  avatarOrder,
  avatarUnits,
  CLIP_SOUND,
  clipSoundOrder,
  klingSpeech,
  LIP_SYNC,
  lipSyncOrder,
  lipSyncUnits,
} from './talking.ts';
import { Callback, Created, Found, type KlingTask, states } from './wire.ts';

const POLL_MS = 4_000;
const DEADLINE_MS = 20 * 60_000;
/** The longest clips that are taken, where nobody measured one. */
const LONGEST_CLIP_SECONDS = 16;
const LONGEST_MOTION_SECONDS = 30;

function seconds(call: Call): Units {
  if (call.upstreamModel === AVATAR) return avatarUnits(call);
  if (call.upstreamModel === LIP_SYNC) return lipSyncUnits(call);
  return unitsOf({ second: lengthOf(call) });
}

/** A clip that is changed, or whose motion is followed, gives its own length to the result, which each second of is charged. */
function lengthOf(call: Call): number {
  const moves = call.upstreamModel.startsWith('motion-control/');
  const leading = moves ? fileIn(call, 'reference_video') : fileIn(call, 'video');
  if (leading === undefined) return numberOf(call.params.duration, 5);
  return Math.ceil(leading.durationSeconds ?? (moves ? LONGEST_MOTION_SECONDS : LONGEST_CLIP_SECONDS));
}

const images = (call: Call): Units =>
  unitsOf({ image: numberOf(call.params.series_amount, numberOf(call.params.n, 1)) });

/** Clips are taken by address alone; pictures and sounds go along. */
const clips = (call: Call): InputFile[] =>
  call.files.filter(({ mediaType }) => mediaType.startsWith('video/'));

function orderOfVideo(call: Call, context: Context): Order | Promise<Order> {
  if (call.upstreamModel === AVATAR) return avatarOrder(call);
  return call.upstreamModel === LIP_SYNC ? lipSyncOrder(call, context) : videoOrder(call);
}

const orderOfSound = (call: Call): Order =>
  call.upstreamModel === CLIP_SOUND ? clipSoundOrder(call) : soundOrder(call);

export const kling: Provider = {
  id: 'kling',
  terms: {
    name: 'Kling',
    company: 'Kuaishou Technology',
    termsUrl: 'https://kling.ai/docs/user-policy',
    privacyUrl: 'https://kling.ai/docs/privacy-policy',
    regions: ['SG', 'CN'],
    retention: 'Results are kept for 30 days; other periods as in its privacy policy.',
    training: 'As in its terms of service.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'KLING_API_KEY',
    baseUrl: 'KLING_BASE_URL',
    defaultBaseUrl: 'https://api-singapore.klingai.com',
    region: 'KLING_REGION',
    extra: ['KLING_WEBHOOK_SECRET'],
  },
  resultHosts: ['*.klingai.com', '*.kling.ai', '*.kwimgs.com', '*.kwaicdn.com'],
  operations: {
    video: taskAdapter(orderOfVideo, seconds),
    image: taskAdapter(imageOrder, images),
    sound: taskAdapter(orderOfSound, () => ({ request: 1n })),
    speech: klingSpeech,
  },
};

/** Charged on success, by what was asked for. */
function taskAdapter(
  orderOf: (call: Call, context: Context) => Order | Promise<Order>,
  used: (call: Call) => Units,
): TaskAdapter {
  return {
    kind: 'task',
    deadlineMs: DEADLINE_MS,
    bound: used,
    fetches: clips,
    async submit(call, context) {
      try {
        const id = await create(call, await orderOf(call, context), context);
        return running({ id, units: packUnits(used(call)) }, 'submitted');
      } catch (error) {
        // Sent before, and the answer was lost: the job that runs is this call's.
        const known = error instanceof ProviderFault && isDuplicate(error) ? await find(call, context) : null;
        if (known === null) throw error;
        return known;
      }
    },
    poll: async (task, context) => {
      const [found] = await look(`task_ids=${encodeURIComponent(task.id)}`, context);
      if (found === undefined)
        throw new ProviderFault('unknown', 'the provider does not know this job', { accepted: 'yes' });
      return stateOf(found, task);
    },
    find,
    verifyWebhook(headers, raw, _, route) {
      // Unsigned until the account has a secret there: then it is only a hint.
      const secret = route?.extra?.KLING_WEBHOOK_SECRET ?? '';
      return secret === '' || isStandardSigned(headers, raw, secret);
    },
    taskFromWebhook(raw) {
      const { success, data } = Callback.safeParse(jsonOrNull(raw.toString('utf8')));
      return success ? { id: data.id, units: null } : null;
    },
  };

  async function find(call: Call, context: Context): Promise<TaskState | null> {
    const [found] = await look(`external_task_ids=${encodeURIComponent(call.generationId)}`, context);
    return found === undefined ? null : stateOf(found, { id: found.id, units: packUnits(used(call)) });
  }
}

function running(task: Task, phase: string): TaskState {
  return { state: 'running', task, phase, pollAfterMs: POLL_MS };
}

async function create(call: Call, { path, body }: Order, { route, send }: Context): Promise<string> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}${path}`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    kinds: kindsOf(call),
  });
  return (await readAnswer(answer, Created, klingFault)).data.id;
}

/** One query finds all: jobs of the new standard and of the routes before it. Unknown ids are simply missing. */
async function look(query: string, { route, send }: Context): Promise<KlingTask[]> {
  const answer = await send({
    method: 'GET',
    url: `${route.baseUrl}/tasks?${query}`,
    headers: { authorization: `Bearer ${route.key}` },
    kinds: ['none'],
  });
  return (await readAnswer(answer, Found, klingFault)).data;
}

function stateOf(found: KlingTask, task: Task): TaskState {
  const state = states[found.status];
  switch (state) {
    case 'done':
      return {
        state: 'done',
        artifacts: (found.outputs ?? []).flatMap(artifactOf),
        usage: unpackUnits(task.units),
        upstreamId: found.id,
      };
    case 'failed':
      throw failed(found.message ?? 'failed');
    case 'running':
    case undefined: // a word that is not documented yet: asked again until the deadline
      return running(task, found.status);
    default:
      return state satisfies never;
  }
}

function artifactOf({ url, mp3_url }: NonNullable<KlingTask['outputs']>[number]): Artifact[] {
  const address = url ?? mp3_url;
  return address == null ? [] : [{ url: address }];
}
