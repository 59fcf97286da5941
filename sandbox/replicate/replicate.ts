import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { startWithDelivery } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { inputFaults, workFor } from '../kit/hosted-media.ts';
import { standardHeaders } from '../kit/standard-webhook.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { deliver } from '../kit/webhook.ts';
import { runAlone, type Simulator, type SimulatorOptions } from '../simulator.ts';
import { serveFile, takeFile } from './files.ts';
import { officialModels } from './models.ts';
import { type Prediction, predictionOf, type Replicate, START_SECONDS, statusOf } from './prediction.ts';

export interface ReplicateOptions extends SimulatorOptions {
  deliveryPort?: number;
  /** Signs webhooks; `GET /v1/webhooks/default/secret` tells it. */
  webhookSecret?: string;
}

/** Replicate's predictions under `/v1`. Keys begin with `r8_`. */
export function startReplicate(options: ReplicateOptions = {}): Promise<Simulator> {
  return startWithDelivery('replicate', options, (world, delivery) => {
    const secret = options.webhookSecret ?? `whsec_${randomBytes(24).toString('base64')}`;
    const tasks: Tasks<Prediction> = new Tasks(world, (task) => end(task, replicate));
    const replicate: Replicate = { world, delivery, tasks, secret, files: new Map() };
    return {
      malformed: (exchange, why) => refuse(exchange, 422, 'Input validation failed', why),
      handle: (exchange) => route(exchange, replicate),
    };
  });
}

async function route(exchange: Exchange, replicate: Replicate): Promise<void> {
  if (!isAdmitted(exchange)) return;
  const { method, path } = exchange;
  const official = /^\/v1\/models\/([\w.-]+\/[\w.-]+)\/predictions$/.exec(path)?.[1];
  const one = /^\/v1\/predictions\/(\w+)(\/cancel)?$/.exec(path);
  if (method === 'POST' && (official !== undefined || path === '/v1/predictions'))
    await create(exchange, replicate, official);
  else if (one !== null) await servePrediction(exchange, replicate, one[1] as string, one[2] !== undefined);
  else if (method === 'GET' && path === '/v1/predictions') list(exchange, replicate);
  else if (method === 'POST' && path === '/v1/files')
    await takeFile(exchange, replicate.world, replicate.files);
  else if (path.startsWith('/v1/files/')) serveFile(exchange, replicate.world, replicate.files);
  else if (method === 'GET' && path === '/v1/webhooks/default/secret')
    sendJson(exchange, 200, { key: replicate.secret });
  else if (method === 'GET' && path === '/v1/account')
    sendJson(exchange, 200, { type: 'organization', username: 'sandbox', name: 'Sandbox', github_url: '' });
  else refuse(exchange, 404, 'Not found', 'The requested resource could not be found.');
}

function refuse(exchange: Exchange, status: number, title: string, detail: string, other: object = {}): void {
  sendJson(exchange, status, { title, detail, status, ...other });
}

function isAdmitted(exchange: Exchange): boolean {
  const key = (exchange.headers.authorization ?? '').replace(/^(Bearer|Token) /, '');
  if (key.startsWith('r8_broke'))
    refuse(exchange, 402, 'Insufficient credit', 'You have insufficient credit to run this model.');
  else if (!key.startsWith('r8_') || key.startsWith('r8_invalid'))
    refuse(exchange, 401, 'Unauthenticated', 'You did not pass a valid authentication token');
  else return true;
  return false;
}

const failure = (status: number) =>
  status === 429
    ? { detail: 'Request was throttled. Your rate limit resets in ~1s.', status }
    : { title: 'Error', detail: 'Internal server error', status };

async function create(exchange: Exchange, replicate: Replicate, official: string | undefined): Promise<void> {
  const { world, tasks } = replicate;
  let body: {
    input?: Record<string, unknown>;
    version?: string;
    webhook?: string;
    webhook_events_filter?: string[];
  };
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, 400, 'Bad request', 'The request body is not valid JSON.');
    return;
  }
  const name = official ?? String(body.version ?? '').split(':')[0] ?? '';
  const model = officialModels[name];
  if (model === undefined) {
    refuse(
      exchange,
      official === undefined ? 422 : 404,
      official === undefined ? 'Invalid version or not permitted' : 'Not found',
      'The specified model does not exist (or perhaps you do not have permission to use it?)',
    );
    return;
  }
  if (typeof body.input !== 'object') {
    refuse(exchange, 422, 'Input validation failed', '- input is required', {
      invalid_fields: [{ type: 'required', field: 'input', description: 'input is required' }],
    });
    return;
  }
  const faults = inputFaults(body.input, model).filter(({ type }) => type !== 'extra_forbidden');
  if (faults.length > 0) {
    const invalid_fields = faults.map(({ field, type, message }) => ({
      type: type === 'missing' ? 'required' : 'invalid_type',
      field: `input.${field}`,
      description: message,
    }));
    refuse(
      exchange,
      422,
      'Input validation failed',
      faults.map(({ field, message }) => `- input.${field}: ${message}`).join('\n'),
      { invalid_fields },
    );
    return;
  }
  const lost = Object.values(body.input)
    .flat()
    .find((value) => isOwnFile(value, exchange.origin) && !isKept(String(value), replicate));
  if (lost !== undefined) {
    refuse(exchange, 422, 'Input validation failed', `- input: the file ${lost} could not be fetched`);
    return;
  }
  const work = workFor(body.input, model);
  const fault = world.faults.take({ path: exchange.path, model: name, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failure)) return;
  const request: Prediction = {
    ...work,
    input: body.input,
    webhook: body.webhook ?? null,
    events: body.webhook_events_filter ?? ['start', 'output', 'logs', 'completed'],
    origin: exchange.origin,
  };
  const task = tasks.start(
    { id: randomBytes(13).toString('hex'), model: name, request, fault },
    request.kind === 'video' ? 4 : 1.5,
  );
  world.clock.when(task.startedAt + START_SECONDS * 1000, () => call(task, replicate, 'start'));
  obeyDeadline(exchange, replicate, task);
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const waitMs = waitOf(exchange);
  const patience = Date.now() + waitMs;
  while (tasks.isActive(task) && Date.now() < patience) await wait(50);
  sendJson(
    exchange,
    waitMs > 0 && !tasks.isActive(task) ? 201 : waitMs > 0 ? 202 : 201,
    predictionOf(task, replicate),
  );
}

const isOwnFile = (value: unknown, origin: string): boolean =>
  typeof value === 'string' && value.startsWith(`${origin}/v1/files/`);

const isKept = (url: string, { files, world }: Replicate): boolean =>
  (files.get(url.split('/').at(-1) ?? '')?.expiresAt ?? 0) > world.clock.now();

/** `Cancel-After: 90s`: the prediction ends by itself. */
function obeyDeadline({ headers }: Exchange, { world, tasks }: Replicate, task: Task<Prediction>): void {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(headers['cancel-after'] ?? ''));
  if (match?.[0] === undefined || match[0] === '') return;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  world.clock.when(
    task.startedAt + (hours * 3600 + minutes * 60 + seconds) * 1000,
    () => void tasks.cancel(task),
  );
}

function waitOf({ headers }: Exchange): number {
  const prefer = String(headers.prefer ?? '');
  if (!prefer.startsWith('wait')) return 0;
  return Math.min(60, Math.max(1, Number(prefer.split('=')[1] ?? 60))) * 1000;
}

async function servePrediction(
  exchange: Exchange,
  replicate: Replicate,
  id: string,
  isCancel: boolean,
): Promise<void> {
  const { world, tasks } = replicate;
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failure)) return;
  const task = tasks.find(id);
  if (task === undefined) {
    refuse(exchange, 404, 'Not found', 'The specified prediction could not be found.');
    return;
  }
  if (isCancel && tasks.cancel(task)) {
    // What had begun is paid, what had not is not.
    count(task, world, statusOf(task, tasks) === 'canceled');
    call(task, replicate, 'completed');
  }
  sendJson(exchange, 200, predictionOf(task, replicate));
}

function list(exchange: Exchange, replicate: Replicate): void {
  const after = exchange.query.get('created_after');
  const results = replicate.tasks
    .all()
    .filter(({ startedAt }) => after === null || startedAt > Date.parse(after))
    .reverse()
    .slice(0, 100)
    .map((task) => predictionOf(task, replicate));
  sendJson(exchange, 200, { next: null, previous: null, results });
}

function count({ id, model, request, fault }: Task<Prediction>, world: World, charged: boolean): void {
  const unit = request.units * (fault.usageFactor ?? 1);
  world.tally.add(
    { id, model, units: { unit, ...request.counted }, accepted: true, charged, mark: fault.mark },
    world.clock.now(),
  );
}

function end(task: Task<Prediction>, replicate: Replicate): void {
  count(task, replicate.world, statusOf(task, replicate.tasks) === 'succeeded');
  call(task, replicate, 'completed');
}

/** Sends the prediction as it is now, if this event was asked for. */
function call(task: Task<Prediction>, replicate: Replicate, event: string): void {
  const { request, id, fault } = task;
  if (request.webhook === null || !request.events.includes(event)) return;
  const body = JSON.stringify(predictionOf(task, replicate));
  const sign = (at: number, raw: string) => standardHeaders(replicate.secret, `msg_${id}_${event}`, at, raw);
  void deliver(
    { url: request.webhook, body, sign, retryAfterMs: event === 'completed' ? [1000, 5000, 15_000] : [] },
    () => replicate.world.clock.now(),
    fault.webhook,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startReplicate);
