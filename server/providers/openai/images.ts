import { jsonOrNull, readAnswer, readAs, unitsOf } from '../answers.ts';
import { chatFault, chatStreamFault } from '../chat-completions/faults.ts';
import { fileIn, filesInOrFree, kindsOf, numberOf, plainParams, textOf } from '../input-files.ts';
import { multipart, type Part } from '../multipart.ts';
import {
  type Call,
  type Context,
  type Done,
  type Inbound,
  type Outbound,
  ProviderFault,
  type ReplyAdapter,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import { ImageEvent, ImageReply } from './wire.ts';

/** Ten pictures of the highest quality take minutes, and a caller that hangs up is billed all the same. */
const IDLE_MS = 10 * 60_000;
const MAX_BYTES = 512 * 1024 * 1024;

/** Output tokens of a square megapixel, for the bound: the counted ones of gpt-image-2 and a third more; others guessed high. */
const OUTPUT_TOKENS: Record<string, number> = {
  low: 1000,
  medium: 3000,
  high: 9500,
  xhigh: 19_000,
  max: 28_000,
  auto: 28_000,
};
const TOKENS_PER_INPUT_IMAGE = 10_000;
const MEGAPIXEL = 1024 * 1024;
const TOKENS_PER_LOOK = 100;

/** Pictures from words, and edits of pictures: answered in the reply. */
export const openaiImages: ReplyAdapter = {
  kind: 'reply',
  bound: boundOf,
  run,
};

function boundOf(call: Call): Units {
  const { quality, size, n } = call.params;
  const [width = 1536, height = 1024] = /^\d+x\d+$/.test(textOf(size))
    ? textOf(size).split('x').map(Number)
    : [];
  // Tokens grow more slowly than the area: 7.3 megapixels were counted at 1.8 times one.
  const growth = Math.max(1, Math.sqrt((width * height) / MEGAPIXEL));
  const each = (OUTPUT_TOKENS[textOf(quality)] ?? OUTPUT_TOKENS.auto!) * growth;
  return unitsOf({
    input_token: Buffer.byteLength(textOf(call.params.prompt)) + 200,
    input_image_token: call.files.length * TOKENS_PER_INPUT_IMAGE,
    output_image_token: each * numberOf(n, 1) + looksOf(call) * TOKENS_PER_LOOK,
  });
}

/** How often the picture is shown before it is done; with several at once, never. */
function looksOf({ params }: Call): number {
  return numberOf(params.n, 1) === 1 ? numberOf(params.partial_images, 0) : 0;
}

/** What a call says beside its pictures; the number of looks goes with the stream that brings them. */
function fieldsOf(call: Call): Record<string, unknown> {
  const { partial_images: _, images: __, ...params } = plainParams(call);
  const looks = looksOf(call);
  return {
    ...params,
    model: call.upstreamModel,
    user: call.memberHash,
    ...(looks > 0 && { stream: true, partial_images: looks }),
  };
}

async function run(call: Call, { route, send, onPartial }: Context): Promise<Done> {
  const images = filesInOrFree(call, 'images', 'image');
  const common = { headers: { authorization: `Bearer ${route.key}` }, idleMs: IDLE_MS, maxBytes: MAX_BYTES };
  const request = images.length === 0 ? generation(call) : edit(call);
  const answer = await send({
    ...common,
    ...request,
    url: `${route.baseUrl}${request.url}`,
    headers: { ...common.headers, ...request.headers },
  });
  const reply =
    looksOf(call) > 0 && answer.status === 200
      ? await readLooks(answer, onPartial)
      : await readAnswer(answer, ImageReply, chatFault);
  const mediaType = `image/${reply.output_format ?? (textOf(call.params.output_format) || 'png')}`;
  return {
    state: 'done',
    artifacts: reply.data.map(({ b64_json }) => ({ bytes: Buffer.from(b64_json, 'base64'), mediaType })),
    usage: usageOf(reply),
    upstreamId: answer.headers['x-request-id'],
  };
}

/** The looks, and then the picture itself with its usage. */
async function readLooks(answer: Inbound, onPartial: Context['onPartial']): Promise<ImageReply> {
  for await (const { data } of readEvents(answer.chunks())) {
    const event = readAs(jsonOrNull(data), ImageEvent);
    if (event.error != null) throw chatStreamFault(event.error);
    if (event.b64_json == null) continue;
    if (event.type.endsWith('.completed')) return { ...event, data: [{ b64_json: event.b64_json }] };
    const mediaType = `image/${event.output_format ?? 'png'}`;
    onPartial?.({ bytes: Buffer.from(event.b64_json, 'base64'), mediaType });
  }
  throw new ProviderFault('unknown', 'the stream stopped without its picture', { accepted: 'yes' });
}

function generation(call: Call): Outbound {
  return {
    method: 'POST',
    url: '/images/generations',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fieldsOf(call)),
    kinds: kindsOf(call),
  };
}

function edit(call: Call): Outbound {
  const parts: Part[] = Object.entries(fieldsOf(call)).map(([name, value]) => ({
    name,
    value: String(value),
  }));
  for (const file of filesInOrFree(call, 'images', 'image')) parts.push({ name: 'image[]', value: file });
  for (const name of ['mask', 'markup']) {
    const file = fileIn(call, name);
    if (file !== undefined) parts.push({ name, value: file });
  }
  const { body, contentType } = multipart(parts);
  return {
    method: 'POST',
    url: '/images/edits',
    headers: { 'content-type': contentType },
    body,
    kinds: kindsOf(call),
  };
}

/** Output tokens are image tokens unless told apart; input tokens are words unless told apart. */
function usageOf({ usage }: ImageReply): Units | null {
  if (usage == null) return null;
  const output = usage.output_tokens_details;
  const input = usage.input_tokens_details;
  return unitsOf({
    input_token: input?.text_tokens ?? usage.input_tokens,
    input_image_token: input?.image_tokens,
    output_image_token: output?.image_tokens ?? usage.output_tokens,
    output_token: output?.text_tokens,
  });
}
