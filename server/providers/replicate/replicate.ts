import { jsonOrNull, packUnits, readAnswer, unpackUnits } from '../answers.ts';
import { dataUrlOf, kindsOf } from '../input-files.ts';
import { multipart } from '../multipart.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type InputFile,
  type Operation,
  type Provider,
  ProviderFault,
  type Task,
  type TaskAdapter,
  type TaskState,
} from '../provider.ts';
import { isStandardSigned } from '../webhook-signatures.ts';
import { failed, replicateFault } from './faults.ts';
import { filesOf, hostedModel, inputOf } from './inputs.ts';
import { Callback, Prediction, states, Uploaded } from './wire.ts';

const POLL_MS = 1_500;
const DEADLINE_MS = 30 * 60_000;
/** They end a prediction by themselves then, so that what we gave up on goes on at nobody's cost. */
const CANCEL_AFTER = '30m';
/** Quick pictures come with the answer; a slow one is polled. */
const WAIT_SECONDS: Partial<Record<Operation, number>> = { image: 1 };
/** Larger inputs are sent up as files: inside JSON they are advised against. */
const INLINE_BYTES = 256 * 1024;

const predictions: TaskAdapter = {
  kind: 'task',
  deadlineMs: DEADLINE_MS,
  bound: (call) => hostedModel(call.upstreamModel).bound(call),
  submit,
  poll,
  cancel,
  verifyWebhook(headers, raw, _, route) {
    // Signed with a secret of the whole account. Where we were not told it, a callback is only a hint.
    const secret = route?.extra?.REPLICATE_WEBHOOK_SECRET ?? '';
    return secret === '' || isStandardSigned(headers, raw, secret);
  },
  taskFromWebhook(raw) {
    const { success, data } = Callback.safeParse(jsonOrNull(raw.toString('utf8')));
    return success ? { id: data.id, model: null, units: null } : null;
  },
};

export const replicate: Provider = {
  id: 'replicate',
  terms: {
    name: 'Replicate',
    company: 'Replicate, Inc.',
    termsUrl: 'https://replicate.com/terms',
    privacyUrl: 'https://replicate.com/privacy',
    regions: ['US'],
    retention: 'Inputs, outputs and logs of calls are deleted after an hour.',
    training: 'As in its terms; the maker of the model may have terms of its own.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'REPLICATE_API_TOKEN',
    baseUrl: 'REPLICATE_BASE_URL',
    defaultBaseUrl: 'https://api.replicate.com/v1',
    region: 'REPLICATE_REGION',
    extra: ['REPLICATE_WEBHOOK_SECRET'],
    keyPrefix: 'r8_',
  },
  resultHosts: ['replicate.delivery', '*.replicate.delivery'],
  operations: { image: predictions, video: predictions, speech: predictions, music: predictions },
};

/** A lost answer cannot be looked for, as predictions carry no id of ours: its callback tells, or its deadline. */
async function submit(call: Call, context: Context): Promise<TaskState> {
  const { route, send } = context;
  const input = inputOf(call);
  for (const { field, list, files } of filesOf(call)) {
    const urls = await Promise.all(files.map((file) => addressOf(file, context)));
    input[field] = list ? urls : urls[0];
  }
  const wait = WAIT_SECONDS[call.operation];
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/models/${call.upstreamModel}/predictions`,
    headers: {
      ...headersFor(context),
      'content-type': 'application/json',
      'cancel-after': CANCEL_AFTER,
      ...(wait === undefined ? {} : { prefer: `wait=${wait}` }),
    },
    body: JSON.stringify({
      input,
      ...(call.webhook === undefined
        ? {}
        : { webhook: call.webhook.url, webhook_events_filter: ['completed'] }),
    }),
    kinds: kindsOf(call),
  });
  const prediction = await readAnswer(answer, Prediction, replicateFault);
  const units = packUnits(hostedModel(call.upstreamModel).bound(call));
  return stateOf(prediction, { id: prediction.id, model: call.upstreamModel, units });
}

async function addressOf(file: InputFile, context: Context): Promise<string> {
  if (file.bytes.length <= INLINE_BYTES) return dataUrlOf(file);
  const { body, contentType } = multipart([{ name: 'content', value: file }]);
  const answer = await context.send({
    method: 'POST',
    url: `${context.route.baseUrl}/files`,
    headers: { ...headersFor(context), 'content-type': contentType },
    body,
    kinds: ['files'],
  });
  try {
    return (await readAnswer(answer, Uploaded, replicateFault)).urls.get;
  } catch (error) {
    // Nothing is billed for a file: whatever became of it, the work was not begun.
    if (!(error instanceof ProviderFault)) throw error;
    throw new ProviderFault(error.kind, error.detail, { accepted: 'no', cause: error });
  }
}

async function poll(task: Task, context: Context): Promise<TaskState> {
  const answer = await context.send({
    method: 'GET',
    url: predictionUrl(task, context),
    headers: headersFor(context),
    kinds: ['none'],
  });
  if (answer.status === 404)
    throw new ProviderFault('unknown', 'the provider does not know this job (any more)', { accepted: 'yes' });
  return stateOf(await readAnswer(answer, Prediction, replicateFault), task);
}

function stateOf(prediction: Prediction, task: Task): TaskState {
  const state = states[prediction.status];
  switch (state) {
    case 'done':
      return doneOf(prediction, task);
    case 'failed':
      throw failed(prediction.error ?? 'failed');
    case 'ended':
      throw new ProviderFault('unknown', prediction.status, { accepted: 'yes' });
    case 'running':
    case undefined: // a word that is not documented yet: asked again until the deadline
      return { state: 'running', task, phase: prediction.status, pollAfterMs: POLL_MS };
    default:
      return state satisfies never;
  }
}

function doneOf({ output, metrics, data_removed: isRemoved }: Prediction, task: Task): TaskState {
  const artifacts = addressesIn(output).map((url): Artifact => ({ url }));
  if (artifacts.length === 0)
    throw new ProviderFault(
      'unknown',
      isRemoved === true ? 'done, and deleted there after an hour' : 'done, but nothing came',
      { accepted: 'yes' },
    );
  const held = unpackUnits(task.units);
  const usage = held === null ? null : hostedModel(String(task.model)).used(metrics, artifacts.length, held);
  return { state: 'done', artifacts, usage, upstreamId: task.id };
}

/** Outputs are an address, a list of them, or an object with some in it. */
function addressesIn(output: unknown): string[] {
  if (typeof output === 'string') return /^https?:\/\//.test(output) ? [output] : [];
  if (typeof output !== 'object' || output === null) return [];
  return Object.values(output).flatMap(addressesIn);
}

/** Ends a prediction. What had begun is billed all the same. */
async function cancel(task: Task, context: Context): Promise<boolean> {
  const answer = await context.send({
    method: 'POST',
    url: `${predictionUrl(task, context)}/cancel`,
    headers: headersFor(context),
    kinds: ['none'],
  });
  const { status } = await readAnswer(answer, Prediction, replicateFault);
  return states[status] === 'ended';
}

const predictionUrl = (task: Task, { route }: Context): string =>
  `${route.baseUrl}/predictions/${encodeURIComponent(task.id)}`;

const headersFor = ({ route }: Context): Record<string, string> => ({
  authorization: `Bearer ${route.key}`,
});
