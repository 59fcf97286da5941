import { packUnits, readAnswer, unitsOf, unpackUnits } from '../answers.ts';
import { clipsAndSounds, kindsOf, numberOf } from '../input-files.ts';
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
import { qwenFailure, qwenFault } from './faults.ts';
import { pictureBody, picturesIn, pictureUnits, resultsIn, secure } from './images.ts';
import { videoBody, videoSeconds } from './video.ts';
import { Polled, Submitted, states } from './wire.ts';

interface Shape {
  /** After `/api/v1/services/aigc/`. */
  path: string;
  pollMs: number;
  deadlineMs: number;
  body(call: Call): Record<string, unknown>;
  bound(call: Call): Units;
}

/** Wan's pictures, as a job: a lost answer costs nothing that nobody knows of. */
export const wanImages = taskAdapter({
  path: 'image-generation/generation',
  pollMs: 2_000,
  deadlineMs: 10 * 60_000,
  body: pictureBody,
  bound: (call) => pictureUnits(call, numberOf(call.params.n, 1)),
});

/** The generation before has a path for pictures from words, and one for pictures from pictures. */
const earlier = (path: string): TaskAdapter =>
  taskAdapter({
    path,
    pollMs: 2_000,
    deadlineMs: 10 * 60_000,
    body: pictureBody,
    bound: (call) => pictureUnits(call, numberOf(call.params.n, 1)),
  });
export const wanEarlierFromWords = earlier('text2image/image-synthesis');
export const wanEarlierFromPictures = earlier('image2image/image-synthesis');

export const wanVideo = taskAdapter({
  path: 'video-generation/video-synthesis',
  pollMs: 10_000,
  deadlineMs: 30 * 60_000,
  body: videoBody,
  bound: (call) => unitsOf({ second: videoSeconds(call) }),
});

function taskAdapter(shape: Shape): TaskAdapter {
  return {
    kind: 'task',
    deadlineMs: shape.deadlineMs,
    bound: shape.bound,
    fetches: clipsAndSounds,
    submit: (call, context) => submit(call, context, shape),
    poll: (task, context) => poll(task, context, shape),
    cancel,
  };
}

async function submit(call: Call, { route, send }: Context, shape: Shape): Promise<TaskState> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/api/v1/services/aigc/${shape.path}`,
    headers: {
      authorization: `Bearer ${route.key}`,
      'content-type': 'application/json',
      'x-dashscope-async': 'enable',
    },
    body: JSON.stringify(shape.body(call)),
    kinds: kindsOf(call),
  });
  const { output } = await readAnswer(answer, Submitted, qwenFault);
  const task: Task = { id: output.task_id, units: packUnits(shape.bound(call)) };
  return { state: 'running', task, phase: output.task_status, pollAfterMs: shape.pollMs };
}

async function poll(task: Task, { route, send }: Context, { pollMs }: Shape): Promise<TaskState> {
  const answer = await send({
    method: 'GET',
    url: taskUrl(route, task),
    headers: { authorization: `Bearer ${route.key}` },
    kinds: ['none'],
  });
  const polled = await readAnswer(answer, Polled, qwenFault);
  const { task_status: status, code, message } = polled.output;
  const state = states[status];
  switch (state) {
    case 'done':
      return doneOf(polled, task);
    case 'failed':
      throw qwenFailure(code ?? status, message ?? '');
    case 'lost':
      throw new ProviderFault('unknown', 'the provider does not know this job (any more)', {
        accepted: 'yes',
      });
    case 'running':
    case undefined: // a word that is not documented yet: asked again until the deadline
      return { state: 'running', task, phase: status, pollAfterMs: pollMs };
    default:
      return state satisfies never;
  }
}

function doneOf({ output, usage }: Polled, task: Task): TaskState {
  const url = output.video_url;
  const artifacts =
    url == null ? [...picturesIn(output.choices), ...resultsIn(output.results)] : [{ url: secure(url) }];
  if (artifacts.length === 0)
    throw new ProviderFault('unknown', 'done, but nothing came', { accepted: 'yes' });
  const held = unpackUnits(task.units);
  const counted =
    url == null ? { image: usage?.image_count ?? artifacts.length } : { second: usage?.duration };
  return {
    state: 'done',
    artifacts,
    usage: Object.values(counted)[0] == null ? held : { ...held, ...unitsOf(counted) },
    upstreamId: task.id,
  };
}

/** Ends a job that waits; one that runs goes on. */
async function cancel(task: Task, { route, send }: Context): Promise<boolean> {
  const answer = await send({
    method: 'POST',
    url: `${taskUrl(route, task)}/cancel`,
    headers: { authorization: `Bearer ${route.key}` },
    kinds: ['none'],
  });
  await answer.bytes();
  return answer.status === 200;
}

const taskUrl = (route: Route, task: Task): string =>
  `${route.baseUrl}/api/v1/tasks/${encodeURIComponent(task.id)}`;
