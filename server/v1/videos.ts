import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Generation } from '#contract/generations.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { takeUpload } from '#server/generations/files.ts';
import { remove } from '#server/generations/generations.ts';
import { findFile, findGeneration, listGenerations, outputFileId } from '#server/generations/history.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { dataUrl } from '#server/providers/dialect.ts';
import { modelOf, routingIn } from './chat-request.ts';
import { fieldOf } from './fit.ts';
import { bytesOf, formOf, typed, withForms } from './form.ts';
import { sameness } from './images.ts';
import type { Caller, Callers } from './keys.ts';
import { holdOnce, repeatedHeaders } from './media-call.ts';
import { ApiError, answerError, usd } from './openai-errors.ts';
import { answering } from './text-route.ts';
import { bad, sizeOf, videoParams } from './video-request.ts';
import { routingInHead } from './way.ts';

type Fields = Record<string, unknown>;

/** OpenAI's `/v1/videos` for every model that films: a job that is begun, looked at, fetched and deleted. */
export async function videoRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
  mostBytes: number,
): Promise<void> {
  await withForms(app, mostBytes, (scope) => {
    const on = (
      method: 'GET' | 'POST' | 'DELETE',
      url: string,
      work: (caller: Caller, request: FastifyRequest, response: ServerResponse, id: string) => Promise<void>,
    ) =>
      answering(
        scope,
        parts,
        method,
        url,
        answerError,
        async (request, response, id) => work(await callers.callerOf(request.raw), request, response, id),
        mostBytes + 1024 * 1024,
      );
    on('POST', '/v1/videos', (caller, request, response, id) =>
      begin(parts, runs, caller, request, response, id),
    );
    on('GET', '/v1/videos', (caller, request, response) => list(parts, caller, request, response));
    on('GET', '/v1/videos/:id', async (caller, request, response) => {
      const found = await videoIn(parts, caller, request);
      const headers: Record<string, string> = { 'x-mluen-generation': found.id };
      if (found.finishedAt !== null) headers['x-mluen-cost'] = usd(BigInt(found.chargedMicro));
      json(response, rowOf(found), headers);
    });
    on('GET', '/v1/videos/:id/content', (caller, request, response) =>
      content(parts, caller, request, response),
    );
    on('DELETE', '/v1/videos/:id', async (caller, request, response) => {
      const { id } = await videoIn(parts, caller, request);
      await remove(parts, caller.memberId, id);
      json(response, { id: nameOf(id), object: 'video.deleted', deleted: true });
    });
  });
}

async function begin(
  parts: Parts,
  runs: Runs,
  caller: Caller,
  request: FastifyRequest,
  response: ServerResponse,
  id: string,
) {
  const form = request.isMultipart() ? await formOf(request) : null;
  const given = form === null ? bodyOf(request) : form.fields;
  const model = modelOf(parts, given.model, 'video');
  const asked = form === null ? given : typed(form.fields, (name) => fieldOf(model, name)?.type ?? 'string');
  const params = videoParams(model, asked);
  const picture = form?.files.find(({ field }) => field === 'input_reference')?.bytes ?? pictureIn(asked);
  const file = picture === null ? null : await pictureFor(parts, caller, model, picture);
  const routing = routingIn(asked.mluen) ?? routingInHead(request.raw);
  const said = form === null ? Buffer.from(JSON.stringify(given)) : bytesOf(form);
  const { held, before } = await holdOnce(parts, sameness(request, said), {
    id,
    caller,
    model,
    params: { ...params, ...(file === null ? {} : { first_frame: `file:${file}` }) },
    fileIds: file === null ? [] : [file],
    routing,
  });
  if (held === null) return json(response, rowOf(before), repeatedHeaders(before));
  const begun = (await findGeneration(parts, caller.memberId, id))!;
  runs.begin(held.running, held.route, held.files);
  json(response, rowOf(begun), {
    'x-mluen-generation': id,
    'x-mluen-hold': usd(held.running.heldMicro),
    'x-mluen-balance': usd(held.availableMicro),
  });
}

function bodyOf({ body }: FastifyRequest): Fields {
  if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body as Fields;
  throw new ApiError(400, 'invalid_request_error', null, 'The body must be a JSON object or a form.');
}

/** A picture to begin with, inside the body. */
function pictureIn({ input_reference: given }: Fields): Buffer | null {
  if (given == null) return null;
  const url = (given as { image_url?: unknown }).image_url;
  const inline = typeof url === 'string' ? dataUrl(url) : null;
  if (inline === null)
    throw bad('input_reference', 'Send the picture as a file, or as a data URL in `image_url`.');
  return Buffer.from(inline.data, 'base64');
}

async function pictureFor(parts: Parts, { memberId }: Caller, model: CatalogueModel, bytes: Buffer) {
  if (fieldOf(model, 'first_frame') === undefined)
    throw bad('input_reference', `${model.name} begins with no picture.`);
  return (await takeUpload(parts, memberId, 'first-frame', bytes)).id;
}

interface PageQuery {
  after?: string;
  limit?: string;
  order?: string;
}

async function list(parts: Parts, { memberId }: Caller, request: FastifyRequest, response: ServerResponse) {
  const { after, limit, order } = request.query as PageQuery;
  if (order === 'asc') throw bad('order', 'The newest come first: leave it out.');
  const size = Math.min(100, Math.max(1, Math.trunc(Number(limit ?? 20)) || 20));
  const before = after === undefined ? {} : { before: idOf(after) };
  const { items, next } = await listGenerations(parts, memberId, { kind: 'video', limit: size, ...before });
  const found = await Promise.all(items.map(({ id }) => findGeneration(parts, memberId, id)));
  const data = found.filter((each) => each !== null).map(rowOf);
  json(response, {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: next !== null,
  });
}

async function content(parts: Parts, caller: Caller, request: FastifyRequest, response: ServerResponse) {
  const { variant } = request.query as { variant?: string };
  if (variant !== undefined && variant !== 'video')
    throw bad('variant', 'Only the film itself is kept: `video`.');
  const found = await videoIn(parts, caller, request);
  const { memberId } = caller;
  const fileId = found.state === 'settled' ? await outputFileId(parts, memberId, found.id, 0) : null;
  const file = fileId === null ? null : await findFile(parts, memberId, fileId);
  if (fileId === null || file === null)
    throw new ApiError(
      404,
      'invalid_request_error',
      'video_not_ready',
      'There is no film: it is not completed.',
    );
  response.writeHead(200, {
    'content-type': file.mediaType,
    'content-length': file.bytes,
    'cache-control': 'no-store',
  });
  const key = await parts.vault.keyOf(memberId);
  // A caller who leaves in the middle breaks the pipe; there is nobody to tell.
  await pipeline(parts.store.read(key, fileId, file.bytes), response).catch(() => response.destroy());
}

async function videoIn(parts: Parts, { memberId }: Caller, request: FastifyRequest): Promise<Generation> {
  const name = (request.params as { id: string }).id;
  const found = await findGeneration(parts, memberId, idOf(name));
  if (found?.kind === 'video') return found;
  throw notThere(name);
}

const nameOf = (id: string): string => `video_${id.replaceAll('-', '')}`;

/** The generation's id, which the name of the video is made of. Throws `ApiError` 404 for what is none. */
function idOf(name: string): string {
  const [, a, b, c, d, e] =
    /^video_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(name) ?? [];
  if (e === undefined) throw notThere(name);
  return [a, b, c, d, e].join('-');
}

function notThere(name: string): ApiError {
  return new ApiError(
    404,
    'invalid_request_error',
    'not_found',
    `There is no video ${name.slice(0, 60)} of yours.`,
  );
}

function rowOf(generation: Generation) {
  const { id, state, params, createdAt, finishedAt, ending, modelId, progress } = generation;
  const at = (moment: string) => Math.floor(new Date(moment).getTime() / 1000);
  const status =
    state === 'settled'
      ? 'completed'
      : finishedAt !== null
        ? 'failed'
        : state === 'held' || state === 'dispatched'
          ? 'queued'
          : 'in_progress';
  return {
    id: nameOf(id),
    object: 'video',
    model: modelId,
    status,
    progress: status === 'completed' ? 100 : Math.round((progress ?? 0) * 100),
    created_at: at(createdAt),
    completed_at: status === 'completed' ? at(finishedAt!) : null,
    expires_at: null,
    prompt: typeof params.prompt === 'string' ? params.prompt : null,
    seconds: String(params.duration ?? ''),
    size: sizeOf(params),
    remixed_from_video_id: null,
    error:
      status === 'failed'
        ? { code: ending?.why ?? 'unknown', message: ending?.message ?? 'It did not finish.' }
        : null,
  };
}

function json(response: ServerResponse, value: object, headers: Record<string, string> = {}): void {
  const body = JSON.stringify(value);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
