import { randomUUID } from 'node:crypto';
import type { Delivery, Media } from '../kit/delivery.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import { draw } from '../kit/picture.ts';
import { sendStream } from '../kit/stream.ts';
import { imageFields } from './fields.ts';
import { badParameter, failureBody, missing, type Refused, refuse } from './refusals.ts';

const imageModels: Readonly<Record<string, { format: boolean; references: number }>> = {
  'seedream-5-0-pro-260628': { format: true, references: 10 },
  'seedream-5-0-260128': { format: true, references: 10 },
  'seedream-4-5-251128': { format: false, references: 14 },
  'seedream-4-0-250828': { format: false, references: 10 },
};
const LIFETIME_MS = 24 * 3_600_000;
const sides: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };
interface Picture {
  prompt: string;
  width: number;
  height: number;
  count: number;
  /** Pictures sent along: all but the first are paid. */
  references: number;
  format: 'jpeg' | 'png';
  asBytes: boolean;
}

/** `POST …/images/generations`: at once, or as a stream of events. */
export async function createImages(
  exchange: Exchange,
  world: World,
  delivery: Delivery,
  body: Record<string, unknown>,
): Promise<void> {
  const picture = pictureOf(body);
  if ('code' in picture) {
    refuse(exchange, picture);
    return;
  }
  const model = String(body.model);
  const fault = world.faults.take({ path: exchange.path, model, prompt: picture.prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody, body.stream === true)) return;
  if (fault.refuse || (fault.moderated && picture.count === 1)) {
    const code = fault.refuse ? 'InputTextSensitiveContentDetected' : 'OutputImageSensitiveContentDetected';
    refuse(exchange, {
      status: 400,
      code,
      message: 'The request failed because it may contain sensitive information',
    });
    return;
  }
  if (fault.fail) {
    refuse(exchange, {
      status: 500,
      code: 'InternalServiceError',
      message: 'The service encountered an unexpected internal error',
    });
    return;
  }
  const id = randomUUID();
  // In a set, one picture may fail by itself.
  const failedAt = fault.moderated ? picture.count - 1 : -1;
  const offer = (at: number, produce: () => Promise<Media>) =>
    delivery.offer(`/seedream/${id}-${at}.${picture.format}`, world.clock.now() + LIFETIME_MS, produce);
  const data = await Promise.all(
    Array.from({ length: picture.count }, (_, at) =>
      at === failedAt ? Promise.resolve(withheld) : pictureItem(picture, model, at, offer),
    ),
  );
  const made = picture.count - (failedAt === -1 ? 0 : 1);
  const tokens = Math.round((picture.width * picture.height * made) / 256);
  const usage = {
    generated_images: made * (fault.usageFactor ?? 1),
    output_tokens: tokens,
    total_tokens: tokens,
  };
  world.tally.add(
    {
      id,
      model,
      units: { image: usage.generated_images, input_image: Math.max(0, picture.references - 1) },
      accepted: true,
      charged: true,
      mark: fault.mark,
    },
    world.clock.now(),
  );
  const created = Math.floor(world.clock.now() / 1000);
  if (fault.lost) loseAnswer(exchange);
  else if (body.stream !== true) sendJson(exchange, 200, { model, created, data, usage });
  else await streamImages(exchange, { model, created }, data, usage, fault);
}

const withheld = {
  error: {
    code: 'OutputImageSensitiveContentDetected',
    message: 'The output image may contain sensitive information.',
  },
};

/** One picture, as bytes or at an address. */
async function pictureItem(
  picture: Picture,
  model: string,
  at: number,
  offer: (at: number, produce: () => Promise<Media>) => string,
): Promise<object> {
  const { width, height, count, format, asBytes } = picture;
  const caption = `${model} ${at + 1}/${count}`;
  const produce = async () => ({
    bytes: await draw({ ...picture, caption, moment: at / count }),
    type: `image/${format}`,
  });
  const size = `${width}x${height}`;
  return asBytes
    ? { b64_json: (await produce()).bytes.toString('base64'), size }
    : { url: offer(at, produce), size };
}

async function streamImages(
  exchange: Exchange,
  about: object,
  data: object[],
  usage: object,
  fault: Readonly<Fault>,
): Promise<void> {
  const events: Record<string, unknown>[] = data.map((item, image_index) => ({
    type: 'error' in item ? 'image_generation.partial_failed' : 'image_generation.partial_succeeded',
    ...about,
    image_index,
    ...item,
  }));
  events.push({ type: 'image_generation.completed', ...about, usage });
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  await sendStream(exchange, 'text/event-stream', [...frames, 'data: [DONE]\n\n'], { fault, paceMs: 20 });
}

function pictureOf(body: Record<string, unknown>): Picture | Refused {
  const {
    model: name,
    prompt,
    image,
    size = '2K',
    sequential_image_generation: sequence = 'disabled',
  } = body;
  if (typeof name !== 'string') return missing('model');
  const model = imageModels[name.replace(/^doubao-/, '')];
  if (model === undefined)
    return {
      status: 404,
      code: 'InvalidEndpointOrModel.NotFound',
      message: `The model or endpoint ${name} does not exist or you do not have access to it`,
    };
  if (typeof prompt !== 'string' || prompt === '') return missing('prompt');
  const strange = Object.keys(body).find((field) => !imageFields(name).includes(field));
  if (strange !== undefined)
    return badParameter(strange, `The parameter \`${strange}\` specified in the request is not valid`);
  const images = image === undefined ? [] : Array.isArray(image) ? image : [image];
  if (images.some((one) => !/^(https?:\/\/|data:image\/[a-z]+;base64,)/.test(String(one))))
    return badParameter('image', 'The parameter `image` is not valid');
  if (images.length > model.references) return badParameter('image', `At most ${model.references} images`);
  const match = /^(\d+)x(\d+)$/.exec(String(size));
  const side = sides[String(size)];
  if (match === null && side === undefined)
    return badParameter('size', 'The parameter `size` specified in the request is not valid');
  if (
    body.output_format !== undefined &&
    (!model.format || !['jpeg', 'png'].includes(String(body.output_format)))
  )
    return badParameter('output_format', 'The parameter `output_format` is not valid');
  if (!['url', 'b64_json'].includes(String(body.response_format ?? 'url')))
    return badParameter('response_format', 'The parameter `response_format` is not valid');
  if (!['disabled', 'auto'].includes(String(sequence)))
    return badParameter('sequential_image_generation', 'The parameter is not valid');
  const asked = (body.sequential_image_generation_options as { max_images?: number } | undefined)?.max_images;
  const most = sequence === 'auto' ? (asked ?? 15 - images.length) : 1;
  if (most < 1 || most + images.length > 15)
    return badParameter('sequential_image_generation_options.max_images', 'The parameter is not valid');
  return {
    prompt,
    width: match === null ? side! : Number(match[1]),
    height: match === null ? side! : Number(match[2]),
    count: sequence === 'auto' ? most : 1,
    references: images.length,
    format: body.output_format === 'png' ? 'png' : 'jpeg',
    asBytes: body.response_format === 'b64_json',
  };
}
