import type { Delivery } from '../kit/delivery.ts';
import type { Task, Tasks } from '../kit/tasks.ts';
import { type KlingWork, outputsOf, wavOutputOf } from './work.ts';

type State = 'submitted' | 'processing' | 'succeeded' | 'failed';

function stateOf(task: Task<KlingWork>, tasks: Tasks<KlingWork>): State {
  if (tasks.isActive(task)) return tasks.progress(task) < 0.1 ? 'submitted' : 'processing';
  return task.fault.fail || task.fault.moderated ? 'failed' : 'succeeded';
}

/** Why it failed, in words only: there is no code. */
const messageOf = ({ fault }: Task<KlingWork>) =>
  fault.moderated
    ? 'Failure to pass the risk control system'
    : 'The task failed because of an internal error';

const unitsOf = ({ request, fault }: Task<KlingWork>) => request.units * (fault.usageFactor ?? 1);

/** A task as the new standard shows it; legacy tasks are found there, too. */
export function newState(
  task: Task<KlingWork>,
  tasks: Tasks<KlingWork>,
  delivery: Delivery,
): Record<string, unknown> {
  const { request, id } = task;
  const status = stateOf(task, tasks);
  const base = {
    id,
    status,
    message: status === 'failed' ? messageOf(task) : '',
    create_time: task.startedAt,
    update_time: tasks.isActive(task) ? task.startedAt : task.endsAt,
    external_id: request.externalId,
  };
  if (status !== 'succeeded') return base;
  const outputs = outputsOf(task, delivery).map((url, at) => {
    if (request.kind === 'video')
      return {
        type: 'video',
        id: `${id}${at}`,
        url,
        watermark_url: '',
        duration: String(request.seconds + 0.1),
      };
    if (request.kind === 'image') return { type: 'image', id: `${id}${at}`, url, group_id: id };
    const seconds = String(request.seconds);
    return {
      type: 'audio',
      id: `${id}${at}`,
      mp3_url: url,
      wav_url: wavOutputOf(task, delivery),
      mp3_duration: seconds,
      wav_duration: seconds,
    };
  });
  return {
    ...base,
    outputs,
    billing: [{ charge_type: 'unit', amount: unitsOf(task).toFixed(2), package_type: request.kind }],
  };
}

export function legacyState(
  task: Task<KlingWork>,
  tasks: Tasks<KlingWork>,
  delivery: Delivery,
): Record<string, unknown> {
  const { request, id } = task;
  const status = stateOf(task, tasks);
  const base = {
    task_id: id,
    // The same word as in the new standard, without its end.
    task_status: status === 'succeeded' ? 'succeed' : status,
    task_status_msg: status === 'failed' ? messageOf(task) : '',
    task_info: { external_task_id: request.externalId },
    created_at: task.startedAt,
    updated_at: tasks.isActive(task) ? task.startedAt : task.endsAt,
  };
  if (status !== 'succeeded') return base;
  const urls = outputsOf(task, delivery);
  const results = {
    image: () => ({ images: urls.map((url, index) => ({ index, url })) }),
    video: () => ({
      videos: urls.map((url) => ({
        id: `${id}0`,
        url,
        watermark_url: '',
        duration: String(request.seconds),
      })),
    }),
    audio: () => ({
      audios: urls.map((url_mp3) => ({
        id: `${id}0`,
        url_mp3,
        url_wav: wavOutputOf(task, delivery),
        duration_mp3: String(request.seconds),
        duration_wav: String(request.seconds),
      })),
    }),
  };
  return {
    ...base,
    task_result: results[request.kind](),
    final_unit_deduction: String(unitsOf(task)),
    final_balance_deduction: { quota: '0', list_price: '0' },
  };
}
