import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type Delivery, startWithDelivery } from '../kit/delivery.ts';
import type { Exchange, World } from '../kit/exchange.ts';
import { runAlone, type Simulator, type SimulatorOptions } from '../simulator.ts';
import { createImages } from './images.ts';
import { badParameter, isAdmitted, refuse } from './refusals.ts';
import { createVideo, newVideos, serveTasks, type Videos } from './videos.ts';

export interface SeedanceOptions extends SimulatorOptions {
  deliveryPort?: number;
}

/** ByteDance Ark under `/api/v3`: Seedance video and Seedream images. Any key of eight letters or more is good. */
export function startSeedance(options: SeedanceOptions = {}): Promise<Simulator> {
  return startWithDelivery('seedance', options, (world, delivery) => {
    const videos = newVideos(world, delivery);
    return {
      malformed: (exchange, why) => refuse(exchange, badParameter('body', why)),
      handle: (exchange) => route(exchange, world, delivery, videos),
    };
  });
}

async function route(exchange: Exchange, world: World, delivery: Delivery, videos: Videos): Promise<void> {
  if (!isAdmitted(exchange)) return;
  const { method, path } = exchange;
  const task = /^\/api\/v3\/contents\/generations\/tasks(?:\/([\w-]+))?$/.exec(path);
  if (task !== null && method !== 'POST') {
    await serveTasks(exchange, videos, task[1]);
    return;
  }
  if (method !== 'POST' || (task === null && path !== '/api/v3/images/generations')) {
    refuse(exchange, { status: 404, code: 'NotFound', message: 'The requested resource is not found' });
    return;
  }
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, {
      status: 400,
      code: 'InvalidParameter',
      message: 'The request body is not valid JSON',
    });
    return;
  }
  if (task === null) await createImages(exchange, world, delivery, body);
  else await createVideo(exchange, videos, body);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startSeedance);
