import { randomBytes, randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type Delivery, startWithDelivery } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { inputFaults, workFor } from '../kit/hosted-media.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { deliver } from '../kit/webhook.ts';
import { runAlone, type Simulator, type SimulatorOptions } from '../simulator.ts';
import { endpoints } from './models.ts';
import { failureOf, type Job, linksOf, outputOf } from './outcome.ts';
import { WebhookKey } from './webhook.ts';

export interface FalOptions extends SimulatorOptions {
  /** Of the key that signs webhooks; any when not given. */
  webhookKeySeed?: Buffer;
  deliveryPort?: number;
}

interface Fal {
  world: World;
  delivery: Delivery;
  tasks: Tasks<Job>;
  key: WebhookKey;
}

const USER = 'sandbox-user';
const USUAL_LIFETIME_MS = 7 * 86_400_000;

/** fal's queue, its keys and prices, on one origin. Keys are sent as `Key …` and have eight letters or more. */
export function startFal(options: FalOptions = {}): Promise<Simulator> {
  return startWithDelivery('fal', options, (world, delivery) => {
    const tasks: Tasks<Job> = new Tasks(world, (task) => end(task, fal));
    const fal: Fal = {
      world,
      delivery,
      tasks,
      key: new WebhookKey(options.webhookKeySeed ?? randomBytes(32)),
    };
    return {
      malformed: (exchange, why) => sendJson(exchange, 422, { detail: why }),
      handle: (exchange) => route(exchange, fal),
    };
  });
}

async function route(exchange: Exchange, fal: Fal): Promise<void> {
  const { method, path, query } = exchange;
  if (path === '/.well-known/jwks.json') {
    sendJson(exchange, 200, {
      keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'sandbox', use: 'sig', alg: 'EdDSA', x: `${fal.key.x}=` }],
    });
    return;
  }
  if (!isAdmitted(exchange)) return;
  if (path === '/v1/models/pricing') {
    const prices = query.getAll('endpoint_id').flatMap((endpoint_id) => {
      const found = endpoints[endpoint_id];
      return found === undefined
        ? []
        : [
            {
              endpoint_id,
              unit_price: found.unitPrice,
              unit: found.model.unit === 'thousand_tokens' ? '1k tokens' : `${found.model.unit}s`,
              currency: 'USD',
            },
          ];
    });
    sendJson(exchange, 200, { prices });
    return;
  }
  const found = /^\/([\w.-]+\/[\w.-]+)\/requests\/([\w-]+)(\/status|\/cancel|\/status\/stream)?$/.exec(path);
  if (found !== null)
    await serveRequest(exchange, fal, found[1] as string, found[2] as string, found[3] ?? '');
  else if (method === 'POST') await submit(exchange, fal, path.slice(1));
  else sendJson(exchange, 405, { detail: 'Method Not Allowed' });
}

function isAdmitted(exchange: Exchange): boolean {
  const header = exchange.headers.authorization ?? '';
  const key = header.startsWith('Key ') ? header.slice(4) : '';
  if (key.startsWith('broke'))
    sendJson(exchange, 403, { detail: 'User is locked. Reason: Exhausted balance.' });
  else if (key.length < 8 || key.startsWith('invalid'))
    sendJson(exchange, 401, {
      detail: 'Cannot access application. Authentication is required to access this application.',
    });
  else return true;
  return false;
}

const failure = (status: number) => ({
  detail: { 429: 'Too many requests', 503: 'Service unavailable' }[status] ?? 'Internal Server Error',
});

async function submit(exchange: Exchange, fal: Fal, endpoint: string): Promise<void> {
  const { world, tasks } = fal;
  const found = endpoints[endpoint];
  if (found === undefined) {
    sendJson(exchange, 404, { detail: `Application '${endpoint}' not found` });
    return;
  }
  let input: Record<string, unknown>;
  try {
    input = objectIn(exchange.body);
  } catch {
    sendJson(exchange, 422, { detail: [{ loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }] });
    return;
  }
  const work = workFor(input, found.model);
  const fault = world.faults.take({ path: exchange.path, model: endpoint, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failure)) return;
  const preference = exchange.headers['x-fal-object-lifecycle-preference'];
  const wished =
    typeof preference === 'string'
      ? (JSON.parse(preference) as { expiration_duration_seconds?: number }).expiration_duration_seconds
      : undefined;
  const job: Job = {
    ...work,
    endpoint,
    webhook: exchange.query.get('fal_webhook'),
    // The queue takes any input: what is wrong with it shows when it is done.
    faults: inputFaults(input, found.model),
    lifetimeMs: wished === undefined ? USUAL_LIFETIME_MS : wished * 1000,
    origin: exchange.origin,
  };
  const task = tasks.start(
    { id: randomUUID(), model: endpoint, request: job, fault },
    job.faults.length > 0 || fault.refuse ? 0.3 : job.kind === 'video' ? 4 : 1.5,
  );
  if (fault.lost) loseAnswer(exchange);
  else
    sendJson(
      exchange,
      200,
      { ...linksOf(task), status: 'IN_QUEUE', queue_position: 0 },
      { 'x-fal-request-id': task.id },
    );
}

async function serveRequest(
  exchange: Exchange,
  fal: Fal,
  app: string,
  id: string,
  action: string,
): Promise<void> {
  const { world, tasks } = fal;
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failure)) return;
  const task = tasks.find(id);
  if (task === undefined || !task.request.endpoint.startsWith(`${app}`)) {
    sendJson(exchange, 404, action === '/cancel' ? { status: 'NOT_FOUND' } : { detail: 'Request not found' });
    return;
  }
  if (action === '/cancel') cancel(exchange, fal, task);
  else if (action === '') sendResult(exchange, fal, task);
  else sendStatus(exchange, fal, task);
}

function cancel(exchange: Exchange, { tasks }: Fal, task: Task<Job>): void {
  if (exchange.method !== 'PUT') sendJson(exchange, 405, { detail: 'Method Not Allowed' });
  else if (!tasks.isActive(task)) sendJson(exchange, 400, { status: 'ALREADY_COMPLETED' });
  else if (tasks.progress(task) < 0.1) {
    tasks.cancel(task);
    sendJson(exchange, 200, { status: 'OK' });
  } else sendJson(exchange, 202, { status: 'CANCELLATION_REQUESTED' });
}

function sendStatus(exchange: Exchange, { tasks }: Fal, task: Task<Job>): void {
  if (tasks.isActive(task)) {
    const isQueued = tasks.progress(task) < 0.1;
    sendJson(exchange, 202, {
      ...linksOf(task),
      status: isQueued ? 'IN_QUEUE' : 'IN_PROGRESS',
      ...(isQueued && { queue_position: 0 }),
      logs: [],
    });
    return;
  }
  const failed = failureOf(task);
  const error =
    failed === null ? {} : { error: `Invalid status code: ${failed.status}`, error_type: failed.type };
  const metrics = { inference_time: (task.endsAt - task.startedAt) / 1000 };
  sendJson(exchange, 200, { ...linksOf(task), status: 'COMPLETED', logs: [], metrics, ...error });
}

function sendResult(exchange: Exchange, fal: Fal, task: Task<Job>): void {
  if (fal.tasks.isActive(task)) {
    sendJson(exchange, 400, { detail: 'Request is still in progress' });
    return;
  }
  const failed = failureOf(task);
  if (failed !== null) {
    sendJson(exchange, failed.status, failed.body, {
      'x-fal-request-id': task.id,
      'x-fal-error-type': failed.type,
      'x-fal-retryable': String(failed.status >= 500),
    });
    return;
  }
  const units = task.request.units * (task.fault.usageFactor ?? 1);
  sendJson(exchange, 200, outputOf(task, fal.delivery), {
    'x-fal-request-id': task.id,
    'x-fal-billable-units': String(units),
  });
}

function end(task: Task<Job>, fal: Fal): void {
  const { world, key } = fal;
  const { request, fault, id } = task;
  const failed = failureOf(task);
  const unit = request.units * (fault.usageFactor ?? 1);
  world.tally.add(
    {
      id,
      model: task.model,
      units: { unit, ...request.counted },
      accepted: true,
      charged: failed === null,
      mark: fault.mark,
    },
    world.clock.now(),
  );
  if (request.webhook === null) return;
  const base = { request_id: id, gateway_request_id: id };
  const body =
    failed === null
      ? { ...base, status: 'OK', payload: outputOf(task, fal.delivery) }
      : { ...base, status: 'ERROR', error: `Invalid status code: ${failed.status}`, payload: failed.body };
  const sign = (at: number, raw: string) => key.headers(id, USER, at, raw);
  void deliver(
    { url: request.webhook, body: JSON.stringify(body), sign, retryAfterMs: [1000, 5000, 15_000] },
    () => world.clock.now(),
    fault.webhook,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startFal);
