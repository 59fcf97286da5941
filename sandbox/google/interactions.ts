import { randomUUID } from 'node:crypto';
import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { countTokens } from '../kit/tokens.ts';
import { film } from '../kit/video.ts';
import { deliver } from '../kit/webhook.ts';
import { omniModels } from './models.ts';
import { failureBody, refuse } from './refusals.ts';

/** A video as Gemini Omni makes it. */
interface OmniWork {
  prompt: string;
  seconds: number;
  resolution: string;
  ratio: '16:9' | '9:16';
  inline: boolean;
  inputTokens: number;
  videoTokens: number;
  webhooks: string[];
  createdAt: string;
  isDeleted?: boolean;
}

export type OmniTasks = Tasks<OmniWork>;

const TOKENS_PER_SECOND = 5792;
const IMAGE_TOKENS = 2040;
const share: Record<string, number> = { '360p': 0.3, '720p': 1, '1080p': 1.5, '4k': 3 };
const heights: Record<string, number> = { '360p': 360, '720p': 720, '1080p': 1080, '4k': 2160 };
export const omniFields =
  `model input background store response_format generation_config webhook_config previous_interaction_id
  system_instruction tools stream labels response_modalities service_tier agent`.split(/\s+/);

export const omniFormatFields = ['type', 'delivery', 'aspect_ratio', 'resolution', 'duration'];
const omniTasks = ['text_to_video', 'image_to_video', 'reference_to_video', 'edit', 'extend', 'upscale'];

export function newOmniTasks(world: World): OmniTasks {
  return new Tasks<OmniWork>(world, (task) => {
    const { request, fault } = task;
    const isMade = !fault.refuse && !fault.moderated && !fault.fail;
    const units = {
      input_token: request.inputTokens,
      output_video_token: isMade ? request.videoTokens * (fault.usageFactor ?? 1) : 0,
    };
    world.tally.add(
      { id: task.id, model: task.model, units, accepted: true, charged: isMade, mark: fault.mark },
      world.clock.now(),
    );
    const type = fault.fail ? 'interaction.failed' : 'video.generated';
    const body = JSON.stringify({
      type,
      version: 'v1',
      timestamp: new Date(world.clock.now()).toISOString(),
      data: { id: task.id },
    });
    for (const url of request.webhooks) {
      void deliver(
        { url, body, sign: () => ({}), retryAfterMs: [1000, 5000] },
        () => world.clock.now(),
        fault.webhook,
      );
    }
  });
}

/** `POST …/interactions`. */
export async function createInteraction(exchange: Exchange, world: World, tasks: OmniTasks): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, 400, 'Invalid JSON payload received.');
    return;
  }
  const model = String(body.model);
  const traits = omniModels[model];
  if (traits === undefined) {
    refuse(exchange, 404, `models/${model} is not found, or is no longer available.`);
    return;
  }
  const work = workFor(body, traits.most, new Date(world.clock.now()).toISOString());
  if (typeof work === 'string') {
    sendJson(exchange, 400, { error: { code: 'invalid_request', message: work } });
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  const task = tasks.start({ id: `v1_${randomUUID().replaceAll('-', '')}`, model, request: work, fault }, 4);
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  if (body.background !== true) {
    await new Promise<void>((resolve) => world.clock.when(task.endsAt, resolve));
  }
  sendJson(exchange, 200, await stateOf(task, tasks, exchange.origin));
}

function workFor(body: Record<string, unknown>, most: number, createdAt: string): OmniWork | string {
  const strange = Object.keys(body).find((name) => !omniFields.includes(name));
  if (strange !== undefined) return `Unknown parameter: ${strange}`;
  const format = (body.response_format ?? {}) as Record<string, unknown>;
  if (format.type !== 'video') return 'response_format.type must be video for this model';
  const strangeField = Object.keys(format).find((name) => !omniFormatFields.includes(name));
  if (strangeField !== undefined) return `Unknown parameter: response_format.${strangeField}`;
  const { resolution = '720p', aspect_ratio: ratio = '16:9', duration = '8s', delivery = 'inline' } = format;
  if (share[String(resolution)] === undefined) return `Invalid resolution: ${resolution}`;
  if (ratio !== '16:9' && ratio !== '9:16') return `Invalid aspect_ratio: ${ratio}`;
  const seconds = /^(\d+)s$/.exec(String(duration))?.[1];
  if (typeof duration !== 'string' || seconds === undefined)
    return 'Invalid duration: expected a string such as "8s"';
  if (Number(seconds) < 3 || Number(seconds) > most) return `Duration must be between 3s and ${most}s`;
  if (delivery !== 'inline' && delivery !== 'uri') return `Invalid delivery: ${delivery}`;
  const blocks = (typeof body.input === 'string' ? [{ type: 'text', text: body.input }] : body.input) as
    | Record<string, unknown>[]
    | undefined;
  if (!Array.isArray(blocks) || blocks.length === 0) return 'input is required';
  const strangeBlock = blocks.find(({ type }) => !['text', 'image', 'video', 'audio'].includes(String(type)));
  if (strangeBlock !== undefined) return `Invalid input type: ${strangeBlock.type}`;
  const prompt = blocks
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join(' ')
    .trim();
  const task = (body.generation_config as { video_config?: { task?: string } } | undefined)?.video_config
    ?.task;
  if (task !== undefined && !omniTasks.includes(task)) return `Invalid task: ${task}`;
  const hasClip = blocks.some(({ type }) => type === 'video');
  if (['edit', 'extend', 'upscale'].includes(task ?? '') && !hasClip) return `The task ${task} needs a video`;
  const images = blocks.filter(({ type }) => type === 'image').length;
  return {
    prompt,
    seconds: Number(seconds),
    resolution: String(resolution),
    ratio,
    inline: delivery === 'inline',
    inputTokens: countTokens(prompt) + images * IMAGE_TOKENS,
    videoTokens: Math.round(Number(seconds) * TOKENS_PER_SECOND * (share[String(resolution)] ?? 1)),
    webhooks: ((body.webhook_config as { uris?: string[] } | undefined)?.uris ?? []).map(String),
    createdAt,
  };
}

async function stateOf(
  task: Task<OmniWork>,
  tasks: OmniTasks,
  origin: string,
): Promise<Record<string, unknown>> {
  const { request, fault, id, model } = task;
  const base = { id, object: 'interaction', model, created: request.createdAt, updated: request.createdAt };
  if (task.canceledAt !== undefined) return { ...base, status: 'cancelled' };
  if (tasks.isActive(task)) return { ...base, status: tasks.progress(task) < 0.1 ? 'queued' : 'in_progress' };
  if (fault.fail)
    return {
      ...base,
      status: 'failed',
      error: { code: 'INTERNAL', message: 'The video could not be generated.' },
    };
  if (fault.moderated)
    return {
      ...base,
      status: 'failed',
      error: { code: 'PROHIBITED_CONTENT', message: 'The video was blocked.' },
    };
  const factor = fault.usageFactor ?? 1;
  const tokens = fault.refuse ? 0 : request.videoTokens * factor;
  const usage = {
    total_input_tokens: request.inputTokens,
    total_output_tokens: tokens,
    total_tokens: request.inputTokens + tokens,
    output_tokens_by_modality: tokens === 0 ? [] : [{ modality: 'video', tokens }],
  };
  // A refusal looks like success, with words instead of a video.
  const content = fault.refuse
    ? { type: 'text', text: 'I cannot make this video.' }
    : request.inline
      ? { type: 'video', mime_type: 'video/mp4', data: (await videoOf(task)).toString('base64') }
      : { type: 'video', mime_type: 'video/mp4', uri: `${origin}/v1beta/files/${id}:download?alt=media` };
  return { ...base, status: 'completed', steps: [{ type: 'model_output', content: [content] }], usage };
}

export function videoOf({ request, model }: Task<OmniWork>): Promise<Buffer> {
  const height = heights[request.resolution] ?? 720;
  const long = Math.round((height * 16) / 9 / 2) * 2;
  const size = request.ratio === '16:9' ? { width: long, height } : { width: height, height: long };
  return film({ prompt: request.prompt, seconds: request.seconds, caption: model, hasSound: true, ...size });
}

/** `GET`, `DELETE …/interactions/{id}` and `POST …/interactions/{id}/cancel`. */
export async function readInteraction(
  exchange: Exchange,
  world: World,
  tasks: OmniTasks,
  id: string,
  isCancel: boolean,
): Promise<void> {
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failureBody)) return;
  const task = tasks.find(id);
  if (task === undefined || task.request.isDeleted) {
    refuse(exchange, 400, 'Invalid interaction name');
    return;
  }
  if (exchange.method === 'DELETE') {
    task.request.isDeleted = true;
    sendJson(exchange, 200, {});
    return;
  }
  if (isCancel) tasks.cancel(task);
  sendJson(exchange, 200, await stateOf(task, tasks, exchange.origin));
}
