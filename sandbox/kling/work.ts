import type { Delivery, Media } from '../kit/delivery.ts';
import { draw } from '../kit/picture.ts';
import { melodyFor, mp3Of, pcmOf, wavOf } from '../kit/sound.ts';
import type { Task } from '../kit/tasks.ts';
import { film } from '../kit/video.ts';

/** What a Kling task makes, and what it costs in units. */
export interface KlingWork {
  standard: 'new' | 'legacy';
  /** The legacy path without `/v1/`, or the product of the new standard. */
  product: string;
  kind: 'video' | 'image' | 'audio';
  prompt: string;
  width: number;
  height: number;
  seconds: number;
  count: number;
  /** Of a video: something is heard. */
  hasSound?: boolean;
  units: number;
  externalId: string;
  callbackUrl: string | null;
}

const LIFETIME_MS = 30 * 86_400_000;

/** Addresses of a task's results. */
export function outputsOf(task: Task<KlingWork>, delivery: Delivery): string[] {
  const { request, id, endsAt } = task;
  const name = { video: 'mp4', image: 'png', audio: 'mp3' }[request.kind];
  return Array.from({ length: request.count }, (_, at) =>
    delivery.offer(`/kling/${id}/${at}.${name}`, endsAt + LIFETIME_MS, () => produce(task, at)),
  );
}

export function wavOutputOf(task: Task<KlingWork>, delivery: Delivery): string {
  const { request, id, endsAt } = task;
  const produceWav = async () => ({
    bytes: wavOf(pcmOf(melodyFor(request.prompt, request.seconds), 24_000), 24_000),
    type: 'audio/wav',
  });
  return delivery.offer(`/kling/${id}/0.wav`, endsAt + LIFETIME_MS, produceWav);
}

async function produce({ request, model }: Task<KlingWork>, at: number): Promise<Media> {
  const { kind, prompt, width, height, seconds, count, hasSound } = request;
  switch (kind) {
    case 'video':
      return {
        bytes: await film({ prompt, width, height, seconds, caption: model, hasSound }),
        type: 'video/mp4',
      };
    case 'image':
      return {
        bytes: await draw({
          prompt,
          width,
          height,
          format: 'png',
          caption: `${model} ${at + 1}/${count}`,
          moment: at / count,
        }),
        type: 'image/png',
      };
    case 'audio':
      return { bytes: mp3Of(melodyFor(prompt, seconds)), type: 'audio/mpeg' };
    default:
      return kind satisfies never;
  }
}

export function sizeFor(ratio: string, short: number): { width: number; height: number } {
  const [across = 16, down = 9] = ratio.split(':').map(Number);
  const even = (length: number) => Math.round(length / 2) * 2;
  return across >= down
    ? { width: even((short * across) / down), height: short }
    : { width: short, height: even((short * down) / across) };
}
