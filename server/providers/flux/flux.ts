import { createHmac, timingSafeEqual } from 'node:crypto';
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
import { Callback, Polled, Submitted, states } from './wire.ts';

const POLL_MS = 500;
const POLL_SLOW_MS = 2_000;
const DEADLINE_MS = 3 * 60_000;
/** As they count: 1920 × 1080 is 1.98 megapixels. */
const PIXELS = 1024 * 1024;

const images: TaskAdapter = {
  kind: 'task',
  deadlineMs: DEADLINE_MS,
  bound: (call) => unitsOf(call.upstreamModel, outputMegapixels(call), inputMegapixels(call)),
  submit,
  poll,
  verifyWebhook(headers, raw, secret) {
    const signature = headers['x-bfl-signature'];
    if (signature === undefined) return true; // their reference names no header: unsigned, it is only a hint
    const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`);
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  },
  taskFromWebhook(raw) {
    const { success, data } = Callback.safeParse(JSON.parse(raw.toString('utf8')));
    return success ? { id: data.id, pollingUrl: null } : null;
  },
};

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
  operations: { image: images },
};

async function submit(call: Call, { route, send }: Context): Promise<TaskState> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/${call.upstreamModel}`,
    headers: { 'x-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(call)),
    kinds: call.files.length > 0 ? ['prompt', 'params', 'files'] : ['prompt', 'params'],
  });
  if (answer.status !== 200) throw fluxFault(answer.status, answer.headers, await answer.bytes());
  const { id, polling_url, input_mp, output_mp } = Submitted.parse(await answer.json());
  const task: Task = {
    id,
    pollingUrl: polling_url ?? null,
    model: call.upstreamModel,
    inputMp: input_mp ?? inputMegapixels(call),
    outputMp: output_mp ?? outputMegapixels(call),
  };
  return { state: 'running', task, progress: 0, pollAfterMs: POLL_MS };
}

/** A callback is only called over HTTPS, and then no polling address is answered: so it is asked for where it can work. */
function bodyOf(call: Call): Record<string, unknown> {
  const { images: named, ...params } = call.params;
  const files =
    Array.isArray(named) && named.length > 0
      ? named.map((name) => call.files.find((file) => `file:${file.id}` === name))
      : call.files;
  const encoded = files.filter((file) => file !== undefined).map((file) => file.bytes.toString('base64'));
  const webhook = call.webhook?.url.startsWith('https:')
    ? { webhook_url: call.webhook.url, webhook_secret: call.webhook.secret }
    : {};
  if (call.upstreamModel === 'flux-3-image')
    return { ...params, ...(encoded.length > 0 ? { images: encoded } : {}) };
  return {
    ...params,
    ...Object.fromEntries(
      encoded.map((image, i) => [i === 0 ? 'input_image' : `input_image_${i + 1}`, image]),
    ),
    ...webhook,
  };
}

async function poll(task: Task, { route, send }: Context): Promise<TaskState> {
  const url = pollingUrl(task, route.baseUrl);
  const answer = await send({ method: 'GET', url, headers: { 'x-key': route.key }, kinds: ['none'] });
  if (answer.status === 404) throw lost();
  if (answer.status !== 200) throw fluxFault(answer.status, answer.headers, await answer.bytes());
  const polled = Polled.parse(await answer.json());
  switch (states[polled.status]) {
    case 'done': {
      const sample = polled.result?.sample;
      if (sample == null)
        throw new ProviderFault('unknown', 'ready, but without a result', { accepted: 'yes' });
      const usage = unitsOf(String(task.model), Number(task.outputMp), Number(task.inputMp));
      // A job that we know from its callback alone: what went in is not known here, and the quote's units count.
      return {
        state: 'done',
        artifacts: [{ url: sample }],
        usage: task.model === undefined ? null : usage,
        upstreamId: task.id,
      };
    }
    case 'refused':
      throw new ProviderFault(
        'rejected_content',
        `${polled.status} ${JSON.stringify(polled.details ?? '')}`,
        { accepted: 'yes' },
      );
    case 'lost':
      throw lost();
    case 'failed':
      throw new ProviderFault('unknown', `${polled.status} ${JSON.stringify(polled.details ?? '')}`, {
        accepted: 'yes',
      });
    default: // running, or a word that is not documented yet: asked again until the deadline
      return {
        state: 'running',
        task,
        progress: polled.progress ?? undefined,
        phase: polled.status,
        pollAfterMs: (polled.progress ?? 0) > 0.9 ? POLL_MS : Math.min(POLL_SLOW_MS, POLL_MS * 2),
      };
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

/** FLUX.2 is billed by megapixels begun, the others by the picture. */
function unitsOf(model: string, outputMp: number, inputMp: number): Units {
  if (!model.startsWith('flux-2-')) return { image: 1n };
  const begun = BigInt(Math.max(1, Math.ceil(outputMp)));
  return {
    first_megapixel: 1n,
    ...(begun > 1n ? { extra_megapixel: begun - 1n } : {}),
    ...(inputMp > 0 ? { input_megapixel: BigInt(Math.ceil(inputMp)) } : {}),
  };
}

function outputMegapixels(call: Call): number {
  const { width, height } = call.params;
  // Without a size the provider chooses, up to 4 megapixels.
  return typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0
    ? (width * height) / PIXELS
    : 4;
}

/** Each picture sent in counts for itself, begun megapixels up. */
function inputMegapixels(call: Call): number {
  return call.files.reduce(
    (sum, file) => sum + Math.ceil(((file.width ?? 2048) * (file.height ?? 2048)) / PIXELS),
    0,
  );
}
