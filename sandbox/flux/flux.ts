import { createHmac, randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { deliver } from '../kit/webhook.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { sampleUrl, sendSample } from './delivery.ts';
import { models } from './models.ts';
import { inspect } from './request.ts';
import { type Work, workFor } from './work.ts';

export interface FluxOptions extends SimulatorOptions {
  /** Port of the host that delivers results; any free one when not given. */
  deliveryPort?: number;
}

const RETRY_AFTER_MS = [1000, 5000, 30_000];
const MODERATION_SECONDS = 0.3;

interface Account {
  credits: number;
}

/** Black Forest Labs' API under `/v1`, and the host that delivers its results. Any key of eight letters or more is good. */
export async function startFlux(options: FluxOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const account: Account = { credits: 1_000_000 };
  const tasks = new Tasks<Work>(world, (task) => end(task, world, account, () => delivery.url));
  const delivery = await startSimulator(
    { id: 'flux-delivery', handle: (exchange) => sendSample(exchange, world, tasks) },
    { host: options.host, port: options.deliveryPort },
    world,
  );
  const api = await startSimulator(
    {
      id: 'flux',
      malformed: (exchange, why) => sendJson(exchange, 422, { detail: why }),
      handle: (exchange) => route(exchange, world, tasks, account, delivery.url),
      control: {
        'POST /_control/credits': (body) => {
          account.credits = Number((body as { credits: number }).credits);
          return account;
        },
      },
      stop: () => delivery.close(),
    },
    options,
    world,
  );
  return { ...api, otherUrls: { 'flux-delivery': delivery.url } };
}

async function route(
  exchange: Exchange,
  world: World,
  tasks: Tasks<Work>,
  account: Account,
  deliveryUrl: string,
): Promise<void> {
  const { method, path } = exchange;
  const name = path.startsWith('/v1/') ? path.slice('/v1/'.length) : '';
  const model = method === 'POST' ? models[name] : undefined;
  const isRead = method === 'GET' && (name === 'get_result' || name === 'credits');
  // An unknown path is refused before the key is looked at.
  if (model === undefined && !isRead) {
    sendJson(exchange, method === 'GET' && models[name] ? 405 : 404, {
      detail: method === 'GET' && models[name] ? 'Method Not Allowed' : 'Not Found',
    });
    return;
  }
  if (!hasGoodKey(exchange)) return;
  if (name === 'credits') sendJson(exchange, 200, { credits: account.credits });
  else if (name === 'get_result') await showResult(exchange, world, tasks, deliveryUrl);
  else await submit(exchange, world, tasks, account, name);
}

/** Answers itself when the key is not good. */
function hasGoodKey(exchange: Exchange): boolean {
  const key = exchange.headers['x-key'];
  if (key === undefined) {
    sendJson(exchange, 403, { detail: 'Not authenticated' });
    return false;
  }
  if (!/^[A-Za-z0-9_-]{8,}$/.test(String(key))) {
    sendJson(exchange, 422, { detail: 'Invalid API key format' });
    return false;
  }
  if (String(key).startsWith('invalid')) {
    sendJson(exchange, 403, { detail: 'Not authenticated' });
    return false;
  }
  return true;
}

const failure = (status: number) => ({
  detail:
    { 429: 'Too many requests', 503: 'Service temporarily unavailable' }[status] ?? 'Internal Server Error',
});

async function submit(
  exchange: Exchange,
  world: World,
  tasks: Tasks<Work>,
  account: Account,
  name: string,
): Promise<void> {
  const model = models[name]!;
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    sendJson(exchange, 422, {
      detail: [{ loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' }],
    });
    return;
  }
  const { faults, inputSizes } = await inspect(body, model);
  if (faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const work = workFor(body, model, inputSizes);
  if (exchange.headers['x-key']?.includes('broke') || account.credits < work.cost) {
    sendJson(exchange, 402, { detail: 'Insufficient credits' });
    return;
  }
  if (tasks.active() >= 24 || tasks.active(name) >= model.activeLimit) {
    sendJson(exchange, 429, { detail: 'Too many active tasks' }, { 'retry-after': 2 });
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model: name, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failure)) return;
  const id = randomUUID();
  tasks.start({ id, model: name, request: work, fault }, fault.refuse ? MODERATION_SECONDS : model.seconds);
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const told = {
    cost: work.kind === 'video' ? null : work.cost * (fault.usageFactor ?? 1),
    input_mp: work.kind === 'video' ? null : work.inputMegapixels,
    output_mp: work.kind === 'video' ? null : work.outputMegapixels,
  };
  if (work.webhook === undefined) {
    sendJson(exchange, 200, { id, polling_url: `${exchange.origin}/v1/get_result?id=${id}`, ...told });
  } else sendJson(exchange, 200, { id, status: 'Pending', webhook_url: work.webhook.url, ...told });
}

async function showResult(
  exchange: Exchange,
  world: World,
  tasks: Tasks<Work>,
  deliveryUrl: string,
): Promise<void> {
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failure)) return;
  const id = exchange.query.get('id');
  if (id === null) {
    sendJson(exchange, 422, { detail: [{ loc: ['query', 'id'], msg: 'Field required', type: 'missing' }] });
    return;
  }
  const task = tasks.find(id);
  if (task === undefined) {
    sendJson(exchange, 404, {
      id,
      status: 'Task not found',
      result: null,
      progress: null,
      details: null,
      preview: null,
    });
    return;
  }
  sendJson(exchange, 200, stateOf(task, world, tasks, deliveryUrl));
}

function stateOf(
  task: Task<Work>,
  world: World,
  tasks: Tasks<Work>,
  deliveryUrl: string,
): Record<string, unknown> {
  const empty = { id: task.id, result: null, progress: null, details: null, preview: null };
  if (tasks.isActive(task)) {
    const progress = tasks.progress(task);
    const phase = progress < 0.3 ? 'Reasoning' : 'Generating';
    return { ...empty, status: task.request.hasPhases ? phase : 'Pending', progress };
  }
  if (task.fault.refuse) {
    return {
      ...empty,
      status: 'Request Moderated',
      details: { 'Moderation Reasons': ['Protected Content'] },
    };
  }
  if (task.fault.moderated) {
    return {
      ...empty,
      status: 'Content Moderated',
      details: { 'Moderation Reasons': ['Derivative Works Filter'] },
    };
  }
  if (task.fault.fail) return { ...empty, status: 'Error', details: { error: 'Generation failed' } };
  return { ...empty, status: 'Ready', result: resultOf(task, world, deliveryUrl), ...settledCost(task) };
}

function settledCost({ request, fault }: Task<Work>): { cost?: number } {
  return request.kind === 'video' ? { cost: request.cost * (fault.usageFactor ?? 1) } : {};
}

function resultOf(task: Task<Work>, world: World, deliveryUrl: string): Record<string, unknown> {
  const { request, startedAt, endsAt } = task;
  const expires = endsAt + 600_000;
  return {
    sample: sampleUrl(
      deliveryUrl,
      task.id,
      request.kind === 'video' ? 'sample.mp4' : `sample.${request.format}`,
      expires,
    ),
    prompt: request.prompt,
    seed: request.seed,
    start_time: startedAt / 1000,
    end_time: Math.min(endsAt, world.clock.now()) / 1000,
    duration: (endsAt - startedAt) / 1000,
    ...(request.isDraft && { draft_cache: sampleUrl(deliveryUrl, task.id, 'draft.bin', expires) }),
  };
}

function end(task: Task<Work>, world: World, account: Account, deliveryUrl: () => string): void {
  const { request, fault } = task;
  const isReady = !fault.refuse && !fault.moderated && !fault.fail;
  // The provider books what it told: a wrong number is wrong in both places.
  const cost = request.cost * (fault.usageFactor ?? 1);
  if (isReady) account.credits -= cost;
  const units = { credit: cost, ...request.units };
  world.tally.add(
    { id: task.id, model: task.model, units, accepted: true, charged: isReady, mark: fault.mark },
    world.clock.now(),
  );
  const hook = request.webhook;
  if (hook === undefined || !mayCall(hook.url)) return;
  const timestamp = new Date(world.clock.now()).toISOString();
  const body = isReady
    ? { id: task.id, status: 'Ready', result: resultOf(task, world, deliveryUrl()), timestamp }
    : {
        id: task.id,
        status: 'Error',
        error: 'generation_failed',
        message: 'The task did not finish',
        timestamp,
      };
  const sign = (_: number, raw: string): Record<string, string> =>
    hook.secret === undefined
      ? {}
      : { 'x-bfl-signature': `sha256=${createHmac('sha256', hook.secret).update(raw).digest('hex')}` };
  void deliver(
    { url: hook.url, body: JSON.stringify(body), sign, retryAfterMs: RETRY_AFTER_MS },
    () => world.clock.now(),
    fault.webhook,
  );
}

/** The provider calls https only. Here, this machine too. */
function mayCall(url: string): boolean {
  return /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startFlux);
