import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  cancelGeneration,
  deleteFile,
  deleteGeneration,
  findGenerations,
  getGeneration,
  getThread,
  listGenerations as listEndpoint,
  quoteGeneration,
  startGeneration,
} from '#contract/generations.ts';
import { isId } from '#server/database/ids.ts';
import { asMember } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { rangeOf } from '#server/http/range.ts';
import { route } from '#server/http/route.ts';
import { refuseForeignOrigin } from '#server/http/same-origin.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { sendEvents } from './events.ts';
import { extensionOf, takeUpload } from './files.ts';
import { findInHistory } from './find-in-history.ts';
import { cancel, quote, remove, start } from './generations.ts';
import { findFile, findGeneration, listGenerations, outputFileId } from './history.ts';
import type { Parts } from './parts.ts';
import { routingRoutes } from './routing-routes.ts';
import { wishOf } from './routing-wish.ts';
import type { Runs } from './runs.ts';
import { threadOf } from './turns.ts';
import { removeUpload } from './unused-files.ts';

export function generationRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  guards: Guards,
  uploadMostBytes: number,
): void {
  route(app, quoteGeneration, guards.member, async ({ body, memberId }) =>
    quote(
      parts,
      memberId,
      body,
      await asMember(parts.pools, memberId, async (tx) => ({
        ...(await balanceOf(tx, memberId)),
        wish: await wishOf(tx, memberId),
      })),
    ),
  );
  route(
    app,
    startGeneration,
    guards.verifiedMember,
    ({ body, memberId }) => start(parts, runs, memberId, body),
    { bodyLimit: 4 * 1024 * 1024 },
  );
  route(app, listEndpoint, guards.member, ({ query, memberId }) => {
    if (query.before !== undefined && !isId(query.before))
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'query.before', message: 'not a cursor' }],
      });
    return listGenerations(parts, memberId, {
      ...query,
      running: query.running === undefined ? undefined : query.running === 'true',
    });
  });
  route(app, findGenerations, guards.member, ({ body, memberId }) => findInHistory(parts, memberId, body));
  route(app, getGeneration, guards.member, async ({ params, memberId }) => {
    const found = await findGeneration(parts, memberId, params.id);
    if (found === null) throw new ProblemError('not-found');
    const transcript = runs.transcriptOf(params.id);
    return transcript === null
      ? found
      : { ...found, text: transcript.text, reasoning: transcript.reasoning || null };
  });
  route(app, getThread, guards.member, async ({ params, memberId }) => ({
    items: await threadOf(parts, memberId, params.id),
  }));
  route(app, cancelGeneration, guards.member, ({ params, memberId }) =>
    cancel(parts, runs, memberId, params.id),
  );
  route(app, deleteFile, guards.member, ({ params, memberId }) => removeUpload(parts, memberId, params.id));
  route(app, deleteGeneration, guards.member, ({ params, memberId }) => remove(parts, memberId, params.id));
  routingRoutes(app, parts, guards);
  streams(app, parts, runs, guards);
  uploads(app, parts, guards, uploadMostBytes);
}

/** Events and bytes: answers that are not one JSON value. */
function streams(app: FastifyInstance, parts: Parts, runs: Runs, guards: Guards) {
  app.get<{ Params: { id: string } }>('/api/generations/:id/events', async (request, reply) => {
    const { memberId } = await guards.member(request);
    const { id } = request.params;
    if (!isId(id) || (await findGeneration(parts, memberId, id)) === null)
      throw new ProblemError('not-found');
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await sendEvents(parts, runs, memberId, id, reply.raw);
  });
  app.get<{ Params: { id: string } }>('/api/generations/:id/sound', async (request, reply) => {
    const { memberId } = await guards.member(request);
    const { id } = request.params;
    const isOwn = isId(id) && (await findGeneration(parts, memberId, id)) !== null;
    const mediaType = isOwn ? runs.soundOf(id) : null;
    if (mediaType === null) throw new ProblemError('not-found');
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': mediaType,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    runs.hearSound(id, reply.raw);
  });
  app.get<{ Params: { id: string; index: string } }>(
    '/api/generations/:id/outputs/:index',
    async (request, reply) => {
      const { memberId } = await guards.member(request);
      const { id, index } = request.params;
      const fileId = isId(id) ? await outputFileId(parts, memberId, id, Number(index)) : null;
      if (fileId === null) throw new ProblemError('not-found');
      return sendFile(parts, memberId, fileId, `mluen-${id}-${index}`, request, reply);
    },
  );
  app.get<{ Params: { id: string } }>('/api/files/:id', async (request, reply) => {
    const { memberId } = await guards.member(request);
    if (!isId(request.params.id)) throw new ProblemError('not-found');
    return sendFile(parts, memberId, request.params.id, `mluen-${request.params.id}`, request, reply);
  });
}

/** Only these are ever shown in the page; everything else is a download (ASVS 1.3.4). */
const SHOWN = /^(image\/(png|jpeg|webp|gif|avif)|video\/(mp4|webm)|audio\/[\w.-]+)$/;

async function sendFile(
  parts: Parts,
  memberId: string,
  fileId: string,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const file = await findFile(parts, memberId, fileId);
  if (file === null) throw new ProblemError('not-found');
  const range = rangeOf(request.headers.range, file.bytes);
  if (range === 'unsatisfiable')
    return reply.code(416).header('content-range', `bytes */${file.bytes}`).send();
  const key = await parts.vault.keyOf(memberId);
  const download =
    (request.query as { download?: string }).download !== undefined || !SHOWN.test(file.mediaType);
  reply
    .type(file.mediaType)
    .header(
      'content-disposition',
      `${download ? 'attachment' : 'inline'}; filename="${name}.${extensionOf(file.mediaType)}"`,
    )
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cache-control', 'private, max-age=3600, immutable')
    .header('accept-ranges', 'bytes');
  if (range === null)
    return reply.header('content-length', file.bytes).send(parts.store.read(key, fileId, file.bytes));
  return reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`)
    .header('content-length', range.end - range.start + 1)
    .send(parts.store.read(key, fileId, file.bytes, range));
}

function uploads(app: FastifyInstance, parts: Parts, guards: Guards, mostBytes: number) {
  app.register(async (scope) => {
    await scope.register(multipart, { limits: { files: 1, fileSize: mostBytes, fields: 0 } });
    scope.post('/api/files', { bodyLimit: mostBytes + 64 * 1024 }, async (request, reply) => {
      refuseForeignOrigin(request);
      const { memberId } = await guards.verifiedMember(request);
      const part = await request.file();
      if (part === undefined)
        throw new ProblemError('invalid-input', { errors: [{ path: 'file', message: 'a file is missing' }] });
      const bytes = await part.toBuffer();
      if (bytes.length === 0) throw new ProblemError('unsupported-file', { detail: 'This file is empty.' });
      const keepsPlace = (request.query as { keep?: string }).keep === 'metadata';
      return reply.code(201).send(await takeUpload(parts, memberId, part.filename, bytes, keepsPlace));
    });
  });
}
