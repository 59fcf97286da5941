import { createHmac, timingSafeEqual } from 'node:crypto';
import { jsonOrNull, packUnits, readAnswer, unitsOf, unpackUnits } from '../answers.ts';
import { kindsOf, numberOf } from '../input-files.ts';
import {
  type Call,
  type Context,
  type Provider,
  ProviderFault,
  type Task,
  type TaskAdapter,
  type TaskState,
  type Units,
} from '../provider.ts';
import { fluxFault } from './faults.ts';
import { imageBody, inputMegapixels, outputMegapixels, videoBody } from './request.ts';
import { imageUnits } from './usage.ts';
import { Callback, Polled, Submitted, states } from './wire.ts';

const POLL_MS = 500;
const POLL_VIDEO_MS = 3_000;
const NEARLY_DONE = 0.9;

const images = taskAdapter({
  deadlineMs: 3 * 60_000,
  pollMs: POLL_MS,
  bound: (call) => imageUnits(call.upstreamModel, outputMegapixels(call), inputMegapixels(call)),
  body: imageBody,
  used: (call, outputMp) =>
    imageUnits(call.upstreamModel, outputMp ?? outputMegapixels(call), inputMegapixels(call)),
});

const secondsAsked = (call: Call): Units => unitsOf({ second: numberOf(call.params.duration, 20) });

const videos = taskAdapter({
  deadlineMs: 20 * 60_000,
  pollMs: POLL_VIDEO_MS,
  bound: secondsAsked,
  body: videoBody,
  used: secondsAsked,
});

export const flux: Provider = {
  id: 'flux',
  terms: {
    name: 'Black Forest Labs',
    company: 'Black Forest Labs, Inc.',
    termsUrl: 'https://bfl.ai/legal/developer-terms-of-service',
    privacyUrl: 'https://bfl.ai/legal/privacy-policy',
    regions: ['global', 'EU', 'US'],
    retention: 'Results are deleted from delivery after 10 minutes; other periods as in its privacy policy.',
    training: 'As in its developer terms.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'BFL_API_KEY',
    baseUrl: 'BFL_BASE_URL',
    defaultBaseUrl: 'https://api.bfl.ai/v1',
    region: 'BFL_REGION',
  },
  resultHosts: ['bfl.ai', '*.bfl.ai'],
  operations: { image: images, video: videos },
};

interface Shape {
  deadlineMs: number;
  pollMs: number;
  bound(call: Call): Units;
  body(call: Call): Record<string, unknown>;
  /** What the call uses, known once it is accepted. `outputMp`: megapixels out, as the provider tells them. */
  used(call: Call, outputMp: number | null | undefined): Units;
}

function taskAdapter(shape: Shape): TaskAdapter {
  return {
    kind: 'task',
    deadlineMs: shape.deadlineMs,
    bound: shape.bound,
    submit: (call, context) => submit(call, context, shape),
    poll: (task, context) => poll(task, context, shape.pollMs),
    verifyWebhook(headers, raw, secret) {
      const signature = headers['x-bfl-signature'];
      if (signature === undefined) return true; // their reference names no header: unsigned, it is only a hint
      const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`);
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
    taskFromWebhook(raw) {
      const { success, data } = Callback.safeParse(jsonOrNull(raw.toString('utf8')));
      return success ? { id: data.id, pollingUrl: null, units: null } : null;
    },
  };
}

/** The global host passes a job on to another cluster, and tells where only when no callback is asked for. */
const GLOBAL_HOST = 'api.bfl.ai';

async function submit(asked: Call, { route, send }: Context, shape: Shape): Promise<TaskState> {
  const isGlobal = new URL(route.baseUrl).host === GLOBAL_HOST;
  const call: Call = isGlobal ? { ...asked, webhook: undefined } : asked;
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/${call.upstreamModel}`,
    headers: { 'x-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(shape.body(call)),
    kinds: kindsOf(call),
  });
  const { id, polling_url, output_mp } = await readAnswer(answer, Submitted, fluxFault);
  const units = packUnits(shape.used(call, output_mp));
  const task: Task = { id, pollingUrl: polling_url ?? null, units };
  return { state: 'running', task, progress: 0, pollAfterMs: shape.pollMs };
}

async function poll(task: Task, { route, send }: Context, pollMs: number): Promise<TaskState> {
  const url = pollingUrl(task, route.baseUrl);
  const answer = await send({ method: 'GET', url, headers: { 'x-key': route.key }, kinds: ['none'] });
  if (answer.status === 404) throw lost();
  const polled = await readAnswer(answer, Polled, fluxFault);
  const told = `${polled.status} ${JSON.stringify(polled.details ?? '')}`;
  const state = states[polled.status];
  switch (state) {
    case 'done': {
      const sample = polled.result?.sample;
      if (sample == null)
        throw new ProviderFault('unknown', 'ready, but without a result', { accepted: 'yes' });
      return {
        state: 'done',
        artifacts: [{ url: sample }],
        usage: unpackUnits(task.units),
        upstreamId: task.id,
      };
    }
    case 'refused':
      throw new ProviderFault('rejected_content', told, { accepted: 'yes' });
    case 'lost':
      throw lost();
    case 'failed':
      throw new ProviderFault('unknown', told, { accepted: 'yes' });
    case 'running':
    case undefined: // a word that is not documented yet: asked again until the deadline
      return {
        state: 'running',
        task,
        progress: polled.progress ?? undefined,
        phase: polled.status,
        pollAfterMs: (polled.progress ?? 0) > NEARLY_DONE ? POLL_MS : pollMs * 2,
      };
    default:
      return state satisfies never;
  }
}

function lost(): ProviderFault {
  return new ProviderFault('unknown', 'the provider does not know this job (any more)', { accepted: 'yes' });
}

/** `egress` lets it through only to the provider's own hosts: the key travels nowhere else. */
function pollingUrl(task: Task, baseUrl: string): string {
  return typeof task.pollingUrl === 'string'
    ? task.pollingUrl
    : `${baseUrl}/get_result?id=${encodeURIComponent(task.id)}`;
}
