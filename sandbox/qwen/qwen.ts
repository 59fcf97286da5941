import { pathToFileURL } from 'node:url';
import { startWithDelivery } from '../kit/delivery.ts';
import type { Exchange, World } from '../kit/exchange.ts';
import { runAlone, type Simulator, type SimulatorOptions } from '../simulator.ts';
import { create, newStudio, paths, type Studio, serveTasks } from './media.ts';
import { badParameter, isAdmitted, refuse } from './refusals.ts';
import { completeChat, listModels } from './text.ts';

export interface QwenOptions extends SimulatorOptions {
  deliveryPort?: number;
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
}

/** Alibaba's Model Studio: Qwen text in compatible mode, Qwen and Wan images, Wan video. Keys begin with `sk-`. */
export function startQwen(options: QwenOptions = {}): Promise<Simulator> {
  return startWithDelivery('qwen', options, (world, delivery) => {
    const studio = newStudio(world, delivery);
    const pace = { ms: options.paceMs ?? 10 };
    return {
      malformed: (exchange, why) => refuse(exchange, badParameter(why)),
      handle: (exchange) => route(exchange, world, studio, pace.ms),
      control: {
        'POST /_control/pace': (body) => {
          pace.ms = Number((body as { paceMs: number }).paceMs);
          return { paceMs: pace.ms };
        },
      },
    };
  });
}

async function route(exchange: Exchange, world: World, studio: Studio, paceMs: number): Promise<void> {
  if (!isAdmitted(exchange)) return;
  const { method, path } = exchange;
  const name = `${method} ${path}`;
  const making = method === 'POST' ? paths[path.replace(/^\/api\/v1\/services\/aigc\//, '')] : undefined;
  const task = /^\/api\/v1\/tasks\/?([\w-]*)(\/cancel)?$/.exec(path);
  if (name === 'POST /compatible-mode/v1/chat/completions') await completeChat(exchange, world, paceMs);
  else if (name === 'GET /compatible-mode/v1/models') listModels(exchange);
  else if (making !== undefined) await create(exchange, studio, making);
  else if (task !== null) await serveTasks(exchange, studio, task[1] ?? '', task[2] !== undefined);
  else refuse(exchange, { status: 404, code: 'NotFound', message: 'The requested resource does not exist.' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startQwen);
