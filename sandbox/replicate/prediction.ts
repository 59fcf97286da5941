import type { Delivery } from '../kit/delivery.ts';
import type { World } from '../kit/exchange.ts';
import { extensionOf, type HostedWork, produce } from '../kit/hosted-media.ts';
import type { Task, Tasks } from '../kit/tasks.ts';
import type { ReplicateFiles } from './files.ts';
import { officialModels } from './models.ts';

export interface Prediction extends HostedWork {
  input: Record<string, unknown>;
  webhook: string | null;
  events: string[];
  origin: string;
}

export interface Replicate {
  world: World;
  delivery: Delivery;
  tasks: Tasks<Prediction>;
  secret: string;
  files: ReplicateFiles;
}

const LIFETIME_MS = 3_600_000;
export const START_SECONDS = 0.1;

export function statusOf(task: Task<Prediction>, tasks: Tasks<Prediction>): string {
  const { canceledAt, startedAt, fault } = task;
  if (canceledAt !== undefined) return canceledAt - startedAt < START_SECONDS * 1000 ? 'aborted' : 'canceled';
  if (tasks.isActive(task))
    return tasks.progress(task) * (task.endsAt - startedAt) < START_SECONDS * 1000
      ? 'starting'
      : 'processing';
  return fault.fail || fault.refuse || fault.moderated ? 'failed' : 'succeeded';
}

const errors = {
  refuse: 'The input was flagged as sensitive. Please try again with different inputs. (E005)',
  moderated: 'NSFW content detected. Try running it again, or try a different prompt.',
  fail: 'Prediction failed: out of memory',
};

/** A prediction as it is now. */
export function predictionOf(task: Task<Prediction>, replicate: Replicate): Record<string, unknown> {
  const { world, tasks, delivery } = replicate;
  const { id, model, request, fault } = task;
  const status = statusOf(task, tasks);
  const isRunning = tasks.isActive(task);
  const isRemoved = !isRunning && world.clock.now() > (task.canceledAt ?? task.endsAt) + LIFETIME_MS;
  const time = (ms: number) => new Date(ms).toISOString();
  const why = fault.refuse ? errors.refuse : fault.moderated ? errors.moderated : errors.fail;
  const url = (at: number) =>
    delivery.offer(`/pbxt/${id}/${at}.${extensionOf(request)}`, task.endsAt + LIFETIME_MS, () =>
      produce(request, model, at),
    );
  const isMany = officialModels[model]?.givesList === true;
  const output =
    status !== 'succeeded' || isRemoved
      ? null
      : isMany
        ? Array.from({ length: request.count }, (_, at) => url(at))
        : url(0);
  const seconds = (task.endsAt - task.startedAt) / 1000;
  const produced =
    request.kind === 'image'
      ? { image_count: request.count * (fault.usageFactor ?? 1) }
      : request.kind === 'video'
        ? { video_output_duration_seconds: request.seconds * (fault.usageFactor ?? 1) }
        : {};
  return {
    id,
    model,
    version: 'hidden',
    input: isRemoved ? {} : request.input,
    output,
    error: status === 'failed' ? why : null,
    logs: '',
    status,
    source: 'api',
    data_removed: isRemoved,
    created_at: time(task.startedAt),
    started_at:
      status === 'starting' || status === 'aborted' ? null : time(task.startedAt + START_SECONDS * 1000),
    completed_at: isRunning ? null : time(task.canceledAt ?? task.endsAt),
    metrics: isRunning
      ? {}
      : { predict_time: seconds, total_time: seconds, ...(status === 'succeeded' && produced) },
    urls: {
      get: `${request.origin}/v1/predictions/${id}`,
      cancel: `${request.origin}/v1/predictions/${id}/cancel`,
      web: `${request.origin}/p/${id}`,
    },
    ...(request.webhook !== null && { webhook: request.webhook, webhook_events_filter: request.events }),
  };
}
