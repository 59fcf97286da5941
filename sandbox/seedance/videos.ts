import { randomBytes } from 'node:crypto';
import type { Delivery } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { draw } from '../kit/picture.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { film } from '../kit/video.ts';
import { deliver } from '../kit/webhook.ts';
import { failureBody, refuse } from './refusals.ts';
import { type SeedanceWork, videoWork } from './video-request.ts';

const LIFETIME_MS = 24 * 3_600_000;
const RECORD_MS = 7 * LIFETIME_MS;

export interface Videos {
  world: World;
  delivery: Delivery;
  tasks: Tasks<SeedanceWork>;
  deleted: Set<string>;
}

export function newVideos(world: World, delivery: Delivery): Videos {
  const tasks: Tasks<SeedanceWork> = new Tasks(world, (task) => {
    const { fault, request } = task;
    const charged = !fault.fail && !fault.moderated;
    const units = {
      output_video_token: charged ? request.tokens * (fault.usageFactor ?? 1) : 0,
      second: request.seconds,
    };
    world.tally.add(
      { id: task.id, model: task.model, units, accepted: true, charged, mark: fault.mark },
      world.clock.now(),
    );
    call(task, videos);
  });
  const videos: Videos = { world, delivery, tasks, deleted: new Set() };
  return videos;
}

/** `POST …/contents/generations/tasks`. */
export async function createVideo(
  exchange: Exchange,
  videos: Videos,
  body: Record<string, unknown>,
): Promise<void> {
  const { world, tasks } = videos;
  const work = await videoWork(body);
  if ('code' in work) {
    refuse(exchange, work);
    return;
  }
  const model = String(body.model);
  const fault = world.faults.take({ path: exchange.path, model, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  if (fault.refuse) {
    refuse(exchange, {
      status: 400,
      code: 'InputTextSensitiveContentDetected',
      message: 'The request failed because the input text may contain sensitive information',
    });
    return;
  }
  const stamp = new Date(world.clock.now()).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const task = tasks.start(
    { id: `cgt-${stamp}-${randomBytes(3).toString('hex').slice(0, 5)}`, model, request: work, fault },
    4,
  );
  call(task, videos);
  world.clock.when(task.startedAt + (task.endsAt - task.startedAt) * 0.1, () => call(task, videos));
  if (fault.lost) loseAnswer(exchange);
  else sendJson(exchange, 200, { id: task.id });
}

/** `GET …/tasks`, `GET` and `DELETE …/tasks/{id}`. */
export async function serveTasks(exchange: Exchange, videos: Videos, id: string | undefined): Promise<void> {
  const { world, tasks, deleted } = videos;
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failureBody)) return;
  if (id === undefined) {
    listTasks(exchange, videos);
    return;
  }
  const task = tasks.find(id);
  if (task === undefined || deleted.has(id) || world.clock.now() > task.endsAt + RECORD_MS) {
    refuse(exchange, {
      status: 404,
      code: 'ResourceNotFound',
      message: `The specified task ${id} is not found`,
    });
    return;
  }
  if (exchange.method === 'GET') {
    sendJson(exchange, 200, stateOf(task, videos));
    return;
  }
  const status = statusOf(task, tasks);
  if (status === 'running') {
    refuse(exchange, {
      status: 400,
      code: 'InvalidAction.RunningTaskDeletion',
      message: 'A running task cannot be deleted',
    });
    return;
  }
  if (status === 'queued') tasks.cancel(task);
  else deleted.add(id);
  sendJson(exchange, 200, {});
}

function listTasks(exchange: Exchange, videos: Videos): void {
  const { query } = exchange;
  const ids = query.getAll('filter.task_ids');
  const found = videos.tasks
    .all()
    .filter((task) => !videos.deleted.has(task.id))
    .filter((task) => ids.length === 0 || ids.includes(task.id))
    .filter((task) => query.get('filter.model') === null || query.get('filter.model') === task.model)
    .filter(
      (task) =>
        query.get('filter.status') === null || query.get('filter.status') === statusOf(task, videos.tasks),
    )
    .reverse();
  const size = Number(query.get('page_size') ?? 10);
  const start = (Number(query.get('page_num') ?? 1) - 1) * size;
  sendJson(exchange, 200, {
    total: found.length,
    items: found.slice(start, start + size).map((task) => stateOf(task, videos)),
  });
}

function statusOf(task: Task<SeedanceWork>, tasks: Tasks<SeedanceWork>): string {
  if (task.canceledAt !== undefined) return 'cancelled';
  if (tasks.isActive(task)) return tasks.progress(task) < 0.1 ? 'queued' : 'running';
  return task.fault.fail || task.fault.moderated ? 'failed' : 'succeeded';
}

function stateOf(task: Task<SeedanceWork>, { tasks, delivery }: Videos): Record<string, unknown> {
  const { id, model, request, fault } = task;
  const status = statusOf(task, tasks);
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const base = {
    id,
    model,
    status,
    created_at: seconds(task.startedAt),
    updated_at: seconds(tasks.isActive(task) ? task.startedAt : (task.canceledAt ?? task.endsAt)),
  };
  if (status === 'failed') {
    const code = fault.moderated ? 'OutputVideoSensitiveContentDetected' : 'InternalServiceError';
    return {
      ...base,
      error: {
        code,
        message: 'The request failed because the output video may contain sensitive information.',
      },
    };
  }
  const terms = {
    seed: request.seed,
    resolution: request.resolution,
    ratio: request.ratio,
    duration: request.seconds,
    framespersecond: 24,
    service_tier: request.serviceTier,
    execution_expires_after: request.expiresAfter,
    generate_audio: request.audio,
    draft: false,
  };
  if (status !== 'succeeded') return { ...base, ...terms };
  const expires = task.endsAt + LIFETIME_MS;
  const content = {
    video_url: delivery.offer(`/seedance/${id}.mp4`, expires, async () => ({
      bytes: await film({ ...request, caption: model, hasSound: request.audio }),
      type: 'video/mp4',
    })),
    ...(request.lastFrame && {
      last_frame_url: delivery.offer(`/seedance/${id}.png`, expires, async () => ({
        bytes: await draw({ ...request, format: 'png', moment: 1 }),
        type: 'image/png',
      })),
    }),
  };
  const tokens = request.tokens * (fault.usageFactor ?? 1);
  return { ...base, content, usage: { completion_tokens: tokens, total_tokens: tokens }, ...terms };
}

/** Tells the callback of the state that the task is in now: unsigned, three more tries. */
function call(task: Task<SeedanceWork>, videos: Videos): void {
  if (task.request.callbackUrl === null || task.canceledAt !== undefined) return;
  const webhook = {
    url: task.request.callbackUrl,
    body: JSON.stringify(stateOf(task, videos)),
    sign: () => ({}),
    retryAfterMs: [1000, 2000, 5000],
  };
  void deliver(webhook, () => videos.world.clock.now(), task.fault.webhook);
}
