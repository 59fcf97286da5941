import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { takeUpload } from '#server/generations/files.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { jsonOf, modelOf, routingIn } from './chat-request.ts';
import { fieldOf } from './fit.ts';
import { bytesOf, type Form, formOf, typed, withForms } from './form.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { imageRequest } from './image-request.ts';
import type { Caller, Callers } from './keys.ts';
import { type Made, makeMedia, outputsOf, type Sameness, unitsOf } from './media-call.ts';
import { ApiError, answerError } from './openai-errors.ts';
import { outputAddress, outputRoutes } from './output-address.ts';
import { answering, bodyOf, placed } from './text-route.ts';
import { routingInHead } from './way.ts';

/** `POST /v1/images/generations` and `/v1/images/edits` in OpenAI's wire format, for every image model. */
export async function imageRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
  mostBytes: number,
): Promise<void> {
  outputRoutes(app, parts);
  const make = async (
    request: FastifyRequest,
    response: ServerResponse,
    given: { id: string; caller: Caller; model: CatalogueModel; asked: Record<string, unknown> },
    files: { fileIds: string[]; params: Record<string, unknown> },
    body: Buffer,
  ) => {
    const { params, answersUrl } = imageRequest(given.model, given.asked);
    const routing = routingIn(given.asked.mluen) ?? routingInHead(request.raw);
    const ask = { ...given, params: { ...params, ...files.params }, fileIds: files.fileIds, routing };
    const same = sameness(request, body);
    const made = await makeMedia(parts, runs, ask, same, goneOf(response));
    const json = JSON.stringify(await bodyOfMade(parts, request, given.caller, made, answersUrl));
    answer(response, made, 'application/json', Buffer.from(json));
  };
  await withRawBody(app, (scope) => {
    answering(scope, parts, 'POST', '/v1/images/generations', answerError, async (request, response, id) => {
      const caller = await callers.callerOf(request.raw);
      const body = bodyOf(request);
      const asked = jsonOf(body);
      const model = modelOf(parts, asked.model, 'image');
      await make(request, response, { id, caller, model, asked }, { fileIds: [], params: {} }, body);
    });
  });
  await withForms(app, mostBytes, (scope) => {
    answering(
      scope,
      parts,
      'POST',
      '/v1/images/edits',
      answerError,
      async (request, response, id) => {
        const caller = await callers.callerOf(request.raw);
        const form = await formOf(request);
        const model = modelOf(parts, form.fields.model, 'image');
        const asked = typed(
          form.fields,
          (name) => fieldOf(model, name)?.type ?? (name === 'n' ? 'integer' : 'string'),
        );
        imageRequest(model, asked);
        const files = await takePictures(parts, caller, model, form);
        await make(request, response, { id, caller, model, asked }, files, bytesOf(form));
      },
      mostBytes * 4,
    );
  });
}

/** The same key and body on another address is another call. */
export function sameness(request: FastifyRequest, body: Buffer): Sameness {
  return { key: idempotencyKeyOf(request.raw), body: placed(request, body) };
}

/** Ends when the caller hangs up: the work goes on, and is in the history. */
export function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

export function answer(response: ServerResponse, { headers }: Made, mediaType: string, bytes: Buffer): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': mediaType, 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

/** Each picture is looked at and sealed, as in the studio, and named in the field that the model has for it. */
async function takePictures(parts: Parts, { memberId }: Caller, model: CatalogueModel, { files }: Form) {
  const images = files.filter(({ field }) => field === 'image');
  if (images.length === 0)
    throw new ApiError(400, 'invalid_request_error', 'missing_required_parameter', 'image: Send a picture.', {
      param: 'image',
    });
  const field = fieldOf(model, 'images') === undefined ? 'image_prompt' : 'images';
  if (fieldOf(model, field) === undefined)
    throw new ApiError(
      400,
      'invalid_request_error',
      'unsupported_value',
      `${model.name} takes no pictures.`,
      {
        param: 'image',
      },
    );
  const stranger = files.find(({ field: name }) => name !== 'image' && fieldOf(model, name) === undefined);
  if (stranger !== undefined)
    throw new ApiError(
      400,
      'invalid_request_error',
      'unsupported_value',
      `${stranger.field}: ${model.name} takes none.`,
      { param: stranger.field },
    );
  const taken: { field: string; id: string }[] = [];
  for (const file of files)
    taken.push({ field: file.field, id: (await takeUpload(parts, memberId, file.name, file.bytes)).id });
  const names = taken.filter((each) => each.field === 'image').map(({ id }) => `file:${id}`);
  const others = taken.filter((each) => each.field !== 'image');
  return {
    fileIds: taken.map(({ id }) => id),
    params: {
      [field]: field === 'images' ? names : names[0],
      ...Object.fromEntries(others.map((each) => [each.field, `file:${each.id}`])),
    },
  };
}

async function bodyOfMade(
  parts: Parts,
  request: FastifyRequest,
  { memberId }: Caller,
  { generation }: Made,
  answersUrl: boolean,
) {
  const outputs = await outputsOf(parts, memberId, generation);
  const { params, id } = generation;
  const isTold = (name: string) => typeof params[name] === 'string' && params[name] !== 'auto';
  const told = Object.fromEntries(
    ['background', 'quality', 'size'].filter(isTold).map((name) => [name, params[name]]),
  );
  return {
    created: Math.floor(new Date(generation.createdAt).getTime() / 1000),
    ...told,
    output_format: outputs[0]?.mediaType.replace('image/', ''),
    data: outputs.map(({ fileId, mediaType, bytes }) =>
      answersUrl
        ? { url: outputAddress(parts, request, { memberId, generationId: id, fileId, mediaType }) }
        : { b64_json: bytes.toString('base64') },
    ),
    usage: usageOf(generation),
  };
}

/** Tokens, for models that are billed by them. */
function usageOf(generation: Made['generation']) {
  const units = unitsOf(generation);
  const image = units.output_image_token;
  if (image === undefined) return undefined;
  const words = units.input_token ?? 0;
  const pictures = (units.input_image_token ?? 0) + (units.cached_input_image_token ?? 0);
  const text = units.output_token ?? 0;
  return {
    input_tokens: words + pictures,
    input_tokens_details: { text_tokens: words, image_tokens: pictures },
    output_tokens: image + text,
    output_tokens_details: { image_tokens: image, text_tokens: text },
    total_tokens: words + pictures + image + text,
  };
}
