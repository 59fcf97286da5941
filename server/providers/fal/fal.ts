import { packUnits, readAnswer, readAs, unpackUnits } from '../answers.ts';
import { kindsOf } from '../input-files.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type Provider,
  ProviderFault,
  type Route,
  type Task,
  type TaskAdapter,
  type TaskState,
} from '../provider.ts';
import { isFalSigned } from '../webhook-signatures.ts';
import { endpointOf, inputOf } from './endpoints.ts';
import { falFailure, falFault } from './faults.ts';
import { Output, Queued, Status } from './wire.ts';

const POLL_MS = 2_000;

const queue: TaskAdapter = {
  kind: 'task',
  deadlineMs: 30 * 60_000,
  bound: (call) => endpointOf(call.upstreamModel).bound(call),
  submit,
  poll,
  cancel,
  verifyWebhook(headers, raw, _, route) {
    // Where we were not told fal’s public keys, a callback is only a hint.
    const keys = route?.extra?.FAL_WEBHOOK_KEYS ?? '';
    return keys === '' || isFalSigned(headers, raw, keys);
  },
  fetches: (call) => call.files.filter(({ mediaType }) => mediaType.startsWith('video/')),
};

export const fal: Provider = {
  id: 'fal',
  terms: {
    name: 'fal',
    company: 'Features & Labels, Inc.',
    termsUrl: 'https://fal.ai/terms',
    privacyUrl: 'https://fal.ai/privacy',
    regions: ['US'],
    retention: 'Requests are not kept, as each call asks for; results for an hour.',
    training: 'Not used for training, by its terms; the maker of the model may have terms of its own.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'FAL_KEY',
    baseUrl: 'FAL_BASE_URL',
    defaultBaseUrl: 'https://queue.fal.run',
    region: 'FAL_REGION',
    extra: ['FAL_WEBHOOK_KEYS'],
  },
  resultHosts: ['*.fal.media', 'queue.fal.run'],
  operations: {
    image: queue,
    video: queue,
    speech: queue,
    sound: queue,
    music: queue,
    transcription: queue,
  },
};

async function submit(call: Call, { route, send }: Context): Promise<TaskState> {
  const hook = call.webhook === undefined ? '' : `?fal_webhook=${encodeURIComponent(call.webhook.url)}`;
  const endpoint = endpointOf(call.upstreamModel);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/${call.upstreamModel}${hook}`,
    headers: {
      ...headersFor(route),
      'content-type': 'application/json',
      // What was asked is not kept, and what was made for an hour: we fetch it at once.
      'x-fal-store-io': '0',
      'x-fal-object-lifecycle-preference': '{"expiration_duration_seconds":3600}',
    },
    body: JSON.stringify(inputOf(call)),
    kinds: kindsOf(call),
  });
  const queued = await readAnswer(answer, Queued, falFault);
  const task: Task = {
    id: queued.request_id,
    model: call.upstreamModel,
    status: ownUrl(queued.status_url, route),
    response: ownUrl(queued.response_url, route),
    cancel: ownUrl(queued.cancel_url, route),
    units: packUnits(endpoint.bound(call)),
  };
  return { state: 'running', task, phase: 'IN_QUEUE', pollAfterMs: POLL_MS };
}

/** The key goes to the queue's own host alone. */
function ownUrl(url: string, route: Route): string {
  if (new URL(url).host === new URL(route.baseUrl).host) return url;
  throw new ProviderFault('unknown', 'the queue pointed at another host', { accepted: 'yes' });
}

async function poll(task: Task, { route, send }: Context): Promise<TaskState> {
  const headers = headersFor(route);
  const told = await send({ method: 'GET', url: `${task.status}?logs=0`, headers, kinds: ['none'] });
  if (told.status === 404)
    throw new ProviderFault('unknown', 'the provider does not know this job', { accepted: 'yes' });
  const { status } = await readAnswer(told, Status, falFault);
  if (status !== 'COMPLETED') return { state: 'running', task, phase: status, pollAfterMs: POLL_MS };
  const answer = await send({ method: 'GET', url: String(task.response), headers, kinds: ['none'] });
  // Completed is not done: the result's own status says how it ended.
  if (answer.status !== 200) throw falFailure(answer.status, answer.headers, await answer.bytes());
  const output = readAs(await answer.json(), Output);
  return doneOf(task, output, Number(answer.headers['x-fal-billable-units'] ?? Number.NaN));
}

function doneOf(task: Task, output: Output, billed: number): TaskState {
  const held = unpackUnits(task.units) ?? {};
  const usage = endpointOf(String(task.model)).used(output, Number.isFinite(billed) ? billed : null, held);
  // A picture that the filter caught comes as a black one, and is billed to us.
  if (output.has_nsfw_concepts?.includes(true))
    throw new ProviderFault('rejected_content', 'flagged by the safety checker', { accepted: 'yes', usage });
  const files = [...(output.images ?? []), output.image, output.video, output.audio].filter(
    (file) => file != null,
  );
  if (files.length === 0 && output.text == null)
    throw new ProviderFault('unknown', 'done, but nothing came', { accepted: 'yes' });
  const artifacts = files.map(
    ({ url, content_type }): Artifact => ({ url, mediaType: content_type ?? undefined }),
  );
  const text = output.text == null ? {} : { text: output.text };
  return { state: 'done', artifacts, ...text, usage, upstreamId: task.id };
}

/** Takes a waiting job out of the queue. One that runs may end when its app likes, and may be billed. */
async function cancel(task: Task, { route, send }: Context): Promise<boolean> {
  const answer = await send({
    method: 'PUT',
    url: String(task.cancel),
    headers: headersFor(route),
    kinds: ['none'],
  });
  await answer.bytes();
  return answer.status === 200;
}

const headersFor = (route: Route): Record<string, string> => ({ authorization: `Key ${route.key}` });
