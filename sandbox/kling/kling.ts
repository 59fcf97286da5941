import { randomInt } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type Delivery, startWithDelivery } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, type World } from '../kit/exchange.ts';
import { standardHeaders } from '../kit/standard-webhook.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { deliver } from '../kit/webhook.ts';
import { runAlone, type Simulator, type SimulatorOptions } from '../simulator.ts';
import { bad, failureBody, isAdmitted, type Refused, refuse, succeed } from './envelope.ts';
import { legacyProducts, legacyWork } from './legacy-request.ts';
import { type Product, products } from './models.ts';
import { legacyState, newState } from './states.ts';
import { identifyFace, type Sessions } from './talking.ts';
import { videoWork } from './video-request.ts';
import type { KlingWork } from './work.ts';

export interface KlingOptions extends SimulatorOptions {
  deliveryPort?: number;
  /** Signs callbacks; unsigned without. Begins with `whsec_`. */
  webhookSecret?: string;
}

const CONCURRENCY = 20;
const MODERATED = { status: 400, code: 1301, message: 'The content violates the content safety policy' };

interface Account {
  webhookSecret: string | null;
  unitsUsed: number;
}

interface Kling {
  world: World;
  delivery: Delivery;
  tasks: Tasks<KlingWork>;
  account: Account;
  sessions: Sessions;
}

/** Kling's API, the new standard and what is left of the legacy one. Any key of eight letters or more is good. */
export function startKling(options: KlingOptions = {}): Promise<Simulator> {
  return startWithDelivery('kling', options, (world, delivery) => {
    const account: Account = { webhookSecret: options.webhookSecret ?? null, unitsUsed: 0 };
    const tasks: Tasks<KlingWork> = new Tasks(world, (task) => end(task, kling));
    const kling: Kling = { world, delivery, tasks, account, sessions: new Map() };
    return {
      malformed: (exchange, why) => refuse(exchange, bad(why)),
      handle: (exchange) => route(exchange, kling),
      control: {
        'POST /_control/webhook-secret': (body) => {
          account.webhookSecret = (body as { secret: string | null }).secret;
          return account;
        },
      },
    };
  });
}

async function route(exchange: Exchange, kling: Kling): Promise<void> {
  const { method, path } = exchange;
  const isLegacy = path.startsWith('/v1/');
  if (!isAdmitted(exchange, isLegacy)) return;
  if (method === 'GET' || path === '/tasks') {
    if (!(await misbehavesAtOnce(exchange, kling.world.faults.takeByPath(path), failureBody)))
      read(exchange, kling);
    return;
  }
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, { status: 400, code: 1200, message: 'The request body is not valid JSON' });
    return;
  }
  const [, product = '', model = ''] = path.split('/');
  if (isLegacy && legacyProducts.includes(path.slice('/v1/'.length))) {
    const made = await legacyWork(path.slice('/v1/'.length), body, kling.sessions);
    await submit(exchange, kling, 'code' in made ? made : made.work, 'code' in made ? '' : made.model);
  } else if (path === '/v1/videos/identify-face') {
    const found = await identifyFace(body, kling.sessions);
    if ('code' in found) refuse(exchange, found as unknown as Refused);
    else succeed(exchange, found);
  } else if (products.includes(product as Product)) {
    await submit(exchange, kling, await videoWork(product as Product, model, body), model);
  } else refuse(exchange, { status: 404, code: 1203, message: 'The requested resource does not exist' });
}

async function submit(
  exchange: Exchange,
  kling: Kling,
  work: KlingWork | Refused,
  model: string,
): Promise<void> {
  const { world, tasks } = kling;
  if ('code' in work) {
    refuse(exchange, work);
    return;
  }
  const isKnown =
    work.externalId !== '' && tasks.all().some(({ request }) => request.externalId === work.externalId);
  if (isKnown) {
    refuse(exchange, bad(`external_task_id ${work.externalId} already exists`));
    return;
  }
  const slots = tasks
    .all()
    .filter((task) => tasks.isActive(task))
    .reduce((sum, { request }) => sum + request.count, 0);
  if (slots + work.count > CONCURRENCY) {
    refuse(exchange, { status: 429, code: 1303, message: 'parallel task over resource pack limit' });
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  if (fault.refuse) {
    refuse(exchange, MODERATED);
    return;
  }
  const id = `89${randomInt(10 ** 8, 10 ** 9)}${randomInt(10 ** 6, 10 ** 7)}`;
  const isAtOnce = work.product === 'audio/tts';
  const task = tasks.start({ id, model, request: work, fault }, isAtOnce ? 0 : work.kind === 'video' ? 4 : 2);
  call(task, kling);
  world.clock.when(task.startedAt + (task.endsAt - task.startedAt) * 0.1, () => call(task, kling));
  if (fault.lost) loseAnswer(exchange);
  else succeed(exchange, stateOf(task, kling));
}

const stateOf = (task: Task<KlingWork>, { tasks, delivery }: Kling) =>
  task.request.standard === 'new' ? newState(task, tasks, delivery) : legacyState(task, tasks, delivery);

function end(task: Task<KlingWork>, kling: Kling): void {
  const { fault, request } = task;
  const charged = !fault.fail && !fault.moderated;
  const unit = request.units * (fault.usageFactor ?? 1);
  if (charged) kling.account.unitsUsed += unit;
  const counted: Record<string, number> = {
    image: { image: request.count },
    video: { second: request.seconds },
    audio: { request: 1 },
  }[request.kind];
  const units = { unit, ...counted };
  kling.world.tally.add(
    { id: task.id, model: task.model, units, accepted: true, charged, mark: fault.mark },
    kling.world.clock.now(),
  );
  call(task, kling);
}

/** Tells the callback of the state that the task is in now. */
function call(task: Task<KlingWork>, kling: Kling): void {
  const { callbackUrl } = task.request;
  if (callbackUrl === null) return;
  const secret = kling.account.webhookSecret;
  const sign = (at: number, body: string): Record<string, string> =>
    secret === null ? {} : standardHeaders(secret, `${task.id}${at % 1000}`, at, body);
  const webhook = {
    url: callbackUrl,
    body: JSON.stringify(stateOf(task, kling)),
    sign,
    retryAfterMs: [1000, 5000],
  };
  void deliver(webhook, () => kling.world.clock.now(), task.fault.webhook);
}

function read(exchange: Exchange, kling: Kling): void {
  const { path, query, method } = exchange;
  const { tasks } = kling;
  if (path === '/tasks') {
    if (method === 'POST') {
      succeed(exchange, {
        tasks: tasks
          .all()
          .slice(-100)
          .map((task) => stateOf(task, kling)),
        cursor: '',
      });
      return;
    }
    const ids = query.get('task_ids');
    const externalIds = query.get('external_task_ids');
    const wanted = (ids ?? externalIds ?? '').split(',').filter((id) => id !== '');
    if ((ids === null) === (externalIds === null) || wanted.length === 0 || wanted.length > 20) {
      refuse(exchange, bad('exactly one of task_ids and external_task_ids is required, with at most 20 ids'));
      return;
    }
    const found = tasks
      .all()
      .filter(({ id, request }) => wanted.includes(ids === null ? request.externalId : id));
    for (const { id } of found) tasks.find(id);
    succeed(
      exchange,
      found.map((task) => newState(task, tasks, kling.delivery)),
    );
  } else if (path === '/account/costs') {
    succeed(exchange, {
      resource_pack_subscribe_infos: [
        {
          resource_pack_name: 'Sandbox',
          resource_pack_id: 'sandbox',
          resource_pack_type: 'decreasing_total',
          total_quantity: 100_000,
          remaining_quantity: 100_000 - kling.account.unitsUsed,
          effective_time: 0,
          invalid_time: 4_102_444_800_000,
          status: 'online',
        },
      ],
    });
  } else readLegacy(exchange, kling);
}

function readLegacy(exchange: Exchange, kling: Kling): void {
  const rest = exchange.path.slice('/v1/'.length);
  const product = legacyProducts.find((known) => rest === known || rest.startsWith(`${known}/`));
  const id = product === undefined ? '' : rest.slice(product.length + 1);
  const ofProduct = kling.tasks.all().filter(({ request }) => request.product === product);
  const asked = ofProduct.find((task) => task.id === id || (id !== '' && task.request.externalId === id));
  const found = kling.tasks.find(asked?.id ?? '');
  if (product !== undefined && id === '')
    succeed(
      exchange,
      ofProduct.slice(-30).map((task) => stateOf(task, kling)),
    );
  else if (found !== undefined) succeed(exchange, stateOf(found, kling));
  else if (product === undefined)
    refuse(exchange, { status: 404, code: 1203, message: 'The requested resource does not exist' });
  else refuse(exchange, bad('Task not found by id/external id'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startKling);
