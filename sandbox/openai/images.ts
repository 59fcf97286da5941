import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import { formOf } from '../kit/form.ts';
import { draw } from '../kit/picture.ts';
import { sendStream } from '../kit/stream.ts';
import { countTokens } from '../kit/tokens.ts';
import { sizeOfPicture } from '../kit/video.ts';
import { type ImageRequest, imageRefusal, resolve } from './image-request.ts';
import { badRequest, failureBody, moderationBlocked, refuse, standardHeaders } from './refusals.ts';

const PARTIAL_IMAGE_TOKENS = 100;
let images = 0;

/** `POST /v1/images/generations`. */
export async function generateImages(exchange: Exchange, world: World): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, badRequest('We could not parse the JSON body of your request.', null));
    return;
  }
  await paint(exchange, world, body, 0);
}

/** `POST /v1/images/edits`. */
export async function editImages(exchange: Exchange, world: World): Promise<void> {
  const form = await formOf(exchange);
  if (form === null) {
    refuse(exchange, badRequest('Invalid Content-Type header. Expected multipart/form-data.', null));
    return;
  }
  const body: Record<string, unknown> = { ...form.fields };
  for (const name of ['n', 'output_compression', 'partial_images']) {
    if (typeof body[name] === 'string') body[name] = Number(body[name]);
  }
  if (typeof body.stream === 'string') body.stream = body.stream === 'true';
  const pictures = form.files.filter(({ field }) => /^image(\[\d*\])?$/.test(field));
  if (pictures.length === 0) {
    refuse(
      exchange,
      badRequest("Missing required parameter: 'image'.", 'image', 'missing_required_parameter'),
    );
    return;
  }
  if (pictures.length > 16) {
    refuse(
      exchange,
      badRequest("Invalid 'image': too many images. Expected at most 16.", 'image', 'array_above_max_length'),
    );
    return;
  }
  let imageTokens = 0;
  for (const { bytes, field } of form.files) {
    const size = await sizeOfPicture(bytes).catch(() => null);
    if (size === null) {
      refuse(
        exchange,
        badRequest(
          'Invalid image file or mode for image, please check your image file.',
          field,
          'invalid_image',
        ),
      );
      return;
    }
    imageTokens += Math.max(65, Math.min(1600, Math.ceil((size.width * size.height) / 750)));
  }
  await paint(exchange, world, body, imageTokens);
}

async function paint(
  exchange: Exchange,
  world: World,
  body: Record<string, unknown>,
  imageTokens: number,
): Promise<void> {
  const refusal = imageRefusal(body);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const request = resolve(body);
  const fault = world.faults.take({ path: exchange.path, model: request.model, prompt: request.prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody, request.stream)) return;
  if (fault.refuse || fault.moderated) {
    refuse(exchange, moderationBlocked(fault.refuse ? 'input' : 'output'));
    return;
  }
  if (fault.fail) {
    sendJson(exchange, 500, failureBody(500), standardHeaders());
    return;
  }
  images += 1;
  const usage = usageOf(request, imageTokens, fault);
  // The work goes on and is billed when the client hangs up.
  const units = {
    input_token: usage.input_tokens_details.text_tokens,
    input_image_token: usage.input_tokens_details.image_tokens,
    output_image_token: usage.output_tokens,
  };
  world.tally.add(
    { id: `image_${images}`, model: request.model, units, accepted: true, charged: true, mark: fault.mark },
    world.clock.now(),
  );
  if (fault.lost || fault.cutAfterChunks === 0) {
    loseAnswer(exchange);
    return;
  }
  const created = Math.floor(world.clock.now() / 1000);
  const { background, output_format, quality, size } = request;
  const shown = { background, output_format, quality, size };
  if (!request.stream) {
    const data = [];
    for (let at = 0; at < request.n; at += 1)
      data.push({ b64_json: (await pictureOf(request, at)).toString('base64') });
    sendJson(exchange, 200, { created, ...shown, data, usage }, standardHeaders());
    return;
  }
  const kind = exchange.path.endsWith('/edits') ? 'image_edit' : 'image_generation';
  const b64_json = (await pictureOf(request, 0)).toString('base64');
  const frames = [];
  for (let at = 0; at < request.partial_images; at += 1) {
    frames.push(
      frame({
        type: `${kind}.partial_image`,
        b64_json,
        partial_image_index: at,
        created_at: created,
        ...shown,
      }),
    );
  }
  frames.push(frame({ type: `${kind}.completed`, b64_json, created_at: created, ...shown, usage }));
  await sendStream(exchange, 'text/event-stream; charset=utf-8', frames, {
    fault,
    paceMs: 10,
    headers: standardHeaders(),
  });
}

function frame(event: Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function pictureOf(request: ImageRequest, at: number): Promise<Buffer> {
  const [width = 1024, height = 1024] = request.size.split('x').map(Number);
  return draw({
    prompt: request.prompt,
    width,
    height,
    format: request.output_format,
    quality: request.output_compression,
    transparent: request.background === 'transparent',
    caption: `${request.model} ${at + 1}/${request.n}`,
    moment: at / request.n,
  });
}

const squareTokens: Record<string, number> = {
  low: 196,
  medium: 1767,
  high: 7024,
  xhigh: 10_536,
  max: 14_048,
};
const miniTokens: Record<string, number> = { low: 625, medium: 1375, high: 4500 };
/** Through the published counts: 1536x1024 high 5,488 and 3584x2048 high 12,329. */
const OBLONG_SHARE = 5488 / 7024;
const GROWTH = 0.525;

function outputTokens(request: ImageRequest): number {
  const table = request.model === 'gpt-image-1-mini' ? miniTokens : squareTokens;
  const base = table[request.quality] ?? 1767;
  const [width = 1024, height = 1024] = request.size.split('x').map(Number);
  const least = width === height ? 1024 * 1024 : 1536 * 1024;
  const share = width === height ? 1 : OBLONG_SHARE;
  const growth = Math.max(1, (width * height) / least) ** GROWTH;
  const partial = request.stream ? request.partial_images * PARTIAL_IMAGE_TOKENS : 0;
  return Math.round(base * share * growth) * request.n + partial;
}

function usageOf(request: ImageRequest, imageTokens: number, { usageFactor = 1 }: Readonly<Fault>) {
  const text = countTokens(request.prompt) * usageFactor;
  const output = outputTokens(request) * usageFactor;
  return {
    input_tokens: text + imageTokens,
    input_tokens_details: { text_tokens: text, image_tokens: imageTokens },
    output_tokens: output,
    output_tokens_details: { image_tokens: output, text_tokens: 0 },
    total_tokens: text + imageTokens + output,
  };
}
