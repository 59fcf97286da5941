import { randomUUID } from 'node:crypto';
import { objectIn } from '../kit/body.ts';
import type { Delivery } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { draw } from '../kit/picture.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { film } from '../kit/video.ts';
import { type ImageWork, imageWork } from './image-request.ts';
import { nativeFailure, type Refused, refuse } from './refusals.ts';
import { type VideoWork, videoWork } from './video-request.ts';

type QwenWork = ImageWork | VideoWork;

export interface Studio {
  world: World;
  delivery: Delivery;
  tasks: Tasks<QwenWork>;
}

const LIFETIME_MS = 24 * 3_600_000;
const REFUSED: Refused = {
  status: 400,
  code: 'DataInspectionFailed',
  message: 'Input data may contain inappropriate content.',
};

export function newStudio(world: World, delivery: Delivery): Studio {
  const tasks: Tasks<QwenWork> = new Tasks(world, (task) => count(task, world));
  return { world, delivery, tasks };
}

/** Pictures that were made: in a set, the last may fail by itself. */
const madeBy = ({ request, fault }: Task<QwenWork>) =>
  request.kind === 'image' ? request.count - (fault.moderated && request.count > 1 ? 1 : 0) : 1;
const isFailed = ({ request, fault }: Task<QwenWork>) =>
  Boolean(fault.fail || (fault.moderated && (request.kind === 'video' || request.count === 1)));

function count(task: Task<QwenWork>, world: World): void {
  const { request, fault } = task;
  const factor = fault.usageFactor ?? 1;
  const units: Record<string, number> =
    request.kind === 'image'
      ? { image: madeBy(task) * factor, input_image: request.references }
      : { second: (request.seconds + request.inputSeconds) * factor };
  world.tally.add(
    { id: task.id, model: task.model, units, accepted: true, charged: !isFailed(task), mark: fault.mark },
    world.clock.now(),
  );
}

type Path = 'multimodal' | 'generation' | 'text2image' | 'image2image' | 'video';

/** The paths that make pictures and videos, by what follows `/api/v1/services/aigc/`. */
export const paths: Readonly<Record<string, Path>> = {
  'multimodal-generation/generation': 'multimodal',
  'image-generation/generation': 'generation',
  'text2image/image-synthesis': 'text2image',
  'image2image/image-synthesis': 'image2image',
  'video-generation/video-synthesis': 'video',
};

export async function create(exchange: Exchange, studio: Studio, path: Path): Promise<void> {
  const { world, tasks } = studio;
  const isAsync = path !== 'multimodal';
  if (isAsync && exchange.headers['x-dashscope-async'] !== 'enable') {
    refuse(exchange, {
      status: 403,
      code: 'AccessDenied',
      message: 'current user api does not support synchronous calls.',
    });
    return;
  }
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, {
      status: 400,
      code: 'BadRequest.IllegalInput',
      message: 'The request body is not valid JSON.',
    });
    return;
  }
  const work = path === 'video' ? await videoWork(body) : await imageWork(body, path);
  if ('code' in work) {
    refuse(exchange, work);
    return;
  }
  const model = String(body.model);
  const fault = world.faults.take({ path: exchange.path, model, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, nativeFailure)) return;
  if (fault.refuse || (!isAsync && fault.moderated && work.kind === 'image' && work.count === 1)) {
    refuse(
      exchange,
      fault.refuse ? REFUSED : { ...REFUSED, message: 'Output data may contain inappropriate content.' },
    );
    return;
  }
  if (fault.fail && !isAsync) {
    refuse(exchange, {
      status: 500,
      code: 'InternalError.Algo',
      message: 'An internal error has occurred during execution.',
    });
    return;
  }
  const task = tasks.start(
    { id: randomUUID(), model, request: work, fault },
    isAsync ? (work.kind === 'video' ? 4 : 2) : 0,
  );
  if (fault.lost) loseAnswer(exchange);
  else if (isAsync)
    sendJson(exchange, 200, {
      output: { task_status: 'PENDING', task_id: task.id },
      request_id: randomUUID(),
    });
  else
    sendJson(exchange, 200, {
      output: imageOutput(task, studio),
      usage: usageOf(task),
      request_id: randomUUID(),
    });
}

function imageUrls(task: Task<QwenWork>, { delivery }: Studio): string[] {
  const { request, id, model } = task;
  return Array.from({ length: madeBy(task) }, (_, at) =>
    delivery.offer(`/dashscope/${id}-${at}.png`, task.endsAt + LIFETIME_MS, async () => ({
      bytes: await draw({
        prompt: request.prompt,
        width: request.width,
        height: request.height,
        format: 'png',
        caption: `${model} ${at + 1}`,
        moment: at / 12,
      }),
      type: 'image/png',
    })),
  );
}

function imageOutput(task: Task<QwenWork>, studio: Studio): Record<string, unknown> {
  const request = task.request as ImageWork;
  const urls = imageUrls(task, studio);
  const made = urls.length;
  if (request.form === 'results') {
    const failed = Array.from({ length: request.count - made }, () => ({
      code: 'DataInspectionFailed',
      message: 'Output data may contain inappropriate content.',
    }));
    const results = [
      ...urls.map((url) => ({ orig_prompt: request.prompt, actual_prompt: request.prompt, url })),
      ...failed,
    ];
    return { results, task_metrics: { TOTAL: request.count, SUCCEEDED: made, FAILED: request.count - made } };
  }
  const content = urls.map((image) => ({ image, type: 'image' }));
  return {
    choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }],
    task_metric: { TOTAL: request.count, FAILED: request.count - made, SUCCEEDED: made },
  };
}

function usageOf(task: Task<QwenWork>): unknown {
  const { request, fault } = task;
  const factor = fault.usageFactor ?? 1;
  if (request.kind === 'image')
    return { width: request.width, height: request.height, image_count: madeBy(task) * factor };
  return {
    duration: (request.seconds + request.inputSeconds) * factor,
    input_video_duration: request.inputSeconds,
    output_video_duration: request.seconds * factor,
    video_count: 1,
    SR: request.lines,
    ratio: request.ratio,
    size: `${request.width}*${request.height}`,
  };
}

/** Text without a zone, eight hours ahead. */
const timeOf = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().replace('T', ' ').replace('Z', '');

function statusOf(task: Task<QwenWork>, tasks: Tasks<QwenWork>): string {
  if (task.canceledAt !== undefined) return 'CANCELED';
  if (tasks.isActive(task)) return tasks.progress(task) < 0.1 ? 'PENDING' : 'RUNNING';
  return isFailed(task) ? 'FAILED' : 'SUCCEEDED';
}

function stateOf(task: Task<QwenWork>, studio: Studio): Record<string, unknown> {
  const { id, request, fault } = task;
  const status = statusOf(task, studio.tasks);
  const base = {
    task_id: id,
    task_status: status,
    submit_time: timeOf(task.startedAt),
    scheduled_time: timeOf(task.startedAt + 200),
  };
  const request_id = randomUUID();
  if (status === 'FAILED') {
    const code = fault.moderated ? 'DataInspectionFailed' : 'InternalError.Algo';
    return {
      request_id,
      output: { ...base, end_time: timeOf(task.endsAt), code, message: '输出数据可能包含不当内容。' },
    };
  }
  if (status !== 'SUCCEEDED') return { request_id, output: base };
  const ended = { ...base, end_time: timeOf(task.endsAt) };
  if (request.kind === 'image')
    return { request_id, output: { ...ended, ...imageOutput(task, studio) }, usage: usageOf(task) };
  const video_url = studio.delivery.offer(`/dashscope/${id}.mp4`, task.endsAt + LIFETIME_MS, async () => ({
    bytes: await film({ ...request, caption: task.model }),
    type: 'video/mp4',
  }));
  return { request_id, output: { ...ended, orig_prompt: request.prompt, video_url }, usage: usageOf(task) };
}

/** `GET /api/v1/tasks/{id}`, `GET /api/v1/tasks/`, `POST /api/v1/tasks/{id}/cancel`. */
export async function serveTasks(
  exchange: Exchange,
  studio: Studio,
  id: string,
  isCancel: boolean,
): Promise<void> {
  const { world, tasks } = studio;
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), nativeFailure)) return;
  if (id === '') {
    const { query } = exchange;
    const found = tasks
      .all()
      .filter((task) => query.get('model_name') === null || query.get('model_name') === task.model);
    const data = found
      .map((task) => ({
        task_id: task.id,
        status: statusOf(task, tasks),
        model_name: task.model,
        submit_time: timeOf(task.startedAt),
      }))
      .reverse();
    sendJson(exchange, 200, {
      request_id: randomUUID(),
      data: data.slice(0, Number(query.get('page_size') ?? 10)),
      total: data.length,
      page_no: 1,
      page_size: 10,
    });
    return;
  }
  const task = tasks.find(id);
  // What is unknown, or a day old, is no error.
  if (task === undefined || world.clock.now() > task.endsAt + LIFETIME_MS) {
    sendJson(exchange, 200, { request_id: randomUUID(), output: { task_id: id, task_status: 'UNKNOWN' } });
  } else if (!isCancel) sendJson(exchange, 200, stateOf(task, studio));
  else if (statusOf(task, tasks) !== 'PENDING') {
    refuse(exchange, {
      status: 400,
      code: 'UnsupportedOperation',
      message: 'Failed to cancel the task, please confirm if the task is in PENDING status.',
    });
  } else {
    tasks.cancel(task);
    sendJson(exchange, 200, { request_id: randomUUID() });
  }
}
