import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Generation } from '#contract/generations.ts';
import { KeyDestroyed } from '#server/artifacts/vault.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import { ProblemError } from '#server/http/problem.ts';
import { rangeOf } from '#server/http/range.ts';
import { type Adapter, adapterFor, type Call, type InputFile } from '#server/providers/provider.ts';
import { type FileAddress, isReachable, openAddress, sealAddress } from './file-address.ts';
import { extensionOf } from './files.ts';
import type { Parts } from './parts.ts';

type PublicParts = Pick<Parts, 'config' | 'pools' | 'vault' | 'store' | 'log'>;

/** Files of a call that its provider fetches itself: clips and sounds, where it takes them in no other way. */
function fetchedBy(adapter: Adapter, call: Call): InputFile[] {
  return adapter.kind === 'task' ? (adapter.fetches?.(call) ?? []) : [];
}

/** Whether this route's provider could fetch a file from us: a simulator can from anywhere, others need HTTPS and a public name. */
function canFetch(parts: Pick<Parts, 'config'>, route: Pick<OpenRoute, 'sandbox'>): boolean {
  const base = parts.config.PUBLIC_URL;
  return base !== undefined && (route.sandbox || isReachable(base));
}

/** Throws `not-possible-now` before anything is held, when the provider would have to fetch a file and could not. */
export function refuseUnreachable(
  parts: Pick<Parts, 'config' | 'routing'>,
  { providerId }: Pick<CatalogueModel, 'providerId'>,
  call: Call,
): void {
  const adapter = adapterFor(parts.routing.provider(providerId), call.operation, call.upstreamModel);
  const [file] = fetchedBy(adapter, call);
  if (file === undefined) return;
  const ways = parts.routing.routesOf(providerId);
  if (ways.some((route) => canFetch(parts, route))) return;
  const { name } = parts.routing.provider(providerId).terms;
  throw new ProblemError('not-possible-now', {
    detail: `${name} fetches clips and sounds (here «${file.name}») from a public HTTPS address, and this server has none. Its operator sets PUBLIC_URL; until then use a picture or words alone. Nothing was charged.`,
  });
}

/** The call with an address for each file that the provider fetches, good while this run can last. */
export function withAddresses(
  parts: Pick<Parts, 'config'>,
  adapter: Adapter,
  route: OpenRoute,
  call: Call,
  { memberId, providerId }: { memberId: string; providerId: string },
  now = Date.now(),
): Call {
  const fetched = new Set(fetchedBy(adapter, call));
  if (fetched.size === 0 || adapter.kind !== 'task' || !canFetch(parts, route)) return call;
  const until = new Date(now + adapter.deadlineMs);
  const files = call.files.map((file) => {
    if (!fetched.has(file)) return file;
    const address = { memberId, providerId, generationId: call.generationId, fileId: file.id, until };
    const token = sealAddress(parts.config.secrets.app, address);
    // Providers look at the ending before they look at the file.
    return {
      ...file,
      publicUrl: `${parts.config.PUBLIC_URL}/files/in/${token}.${extensionOf(file.mediaType)}`,
    };
  });
  return { ...call, files };
}

/** `GET` and `HEAD /files/in/<token>.<ending>`: no cookie is read or set, and nothing may keep a copy. */
export function publicFileRoutes(app: FastifyInstance, parts: PublicParts): void {
  app.route<{ Params: { name: string } }>({
    method: ['GET', 'HEAD'],
    url: '/files/in/:name',
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex');
      const [token = '', ending = ''] = request.params.name.split('.');
      const address = openAddress(parts.config.secrets.app, token);
      if (address === null) return reply.code(404).send();
      const found = address.until < new Date() ? 'over' : await find(parts, address);
      if (found === 'over') return reply.code(410).send();
      if (found === null || ending !== extensionOf(found.mediaType)) return reply.code(404).send();
      return serve(parts, address, found, request, reply);
    },
  });
}

interface Found {
  bytes: number;
  mediaType: string;
  routeId: string;
}

/** The file, if its generation still runs at that provider and the file was not erased. `over`: it was good once. */
async function find(parts: PublicParts, address: FileAddress): Promise<Found | 'over' | null> {
  return asService(parts.pools, async (tx) => {
    const run = await tx
      .selectFrom('generations.generation')
      .select(['finishedAt', 'providerId', 'routeId', 'fileIds'])
      .where('userId', '=', address.memberId)
      .where('id', '=', address.generationId)
      .executeTakeFirst();
    if (run === undefined || !run.fileIds.includes(address.fileId)) return null;
    if (run.finishedAt !== null || run.providerId !== address.providerId) return 'over';
    const file = await tx
      .selectFrom('artifacts.file')
      .select(['bytes', 'mediaType'])
      .where('userId', '=', address.memberId)
      .where('id', '=', address.fileId)
      .executeTakeFirst();
    if (file === undefined) return 'over';
    return { bytes: Number(file.bytes), mediaType: file.mediaType, routeId: run.routeId };
  });
}

async function serve(
  parts: PublicParts,
  address: FileAddress,
  file: Found,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const range = rangeOf(request.headers.range, file.bytes);
  if (range === 'unsatisfiable')
    return reply.code(416).header('content-range', `bytes */${file.bytes}`).send();
  const length = range === null ? file.bytes : range.end - range.start + 1;
  reply
    .code(range === null ? 200 : 206)
    .type(file.mediaType)
    .header('content-disposition', 'attachment')
    .header('accept-ranges', 'bytes')
    .header('content-length', length);
  if (range !== null) reply.header('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`);
  if (request.method === 'HEAD') return reply.send();
  try {
    const key = await parts.vault.keyOf(address.memberId);
    // The receipt first: nothing leaves that is not written down.
    await receipt(parts, address, file, request.ip, length);
    return reply.send(parts.store.read(key, address.fileId, file.bytes, range ?? undefined));
  } catch (error) {
    if (!(error instanceof KeyDestroyed)) throw error;
    return reply.removeHeader('content-length').code(410).send();
  }
}

/** What was fetched of a generation's files, as receipts: the host is the address that asked. */
export async function fetchesOf(
  tx: Tx<'member'>,
  routing: Parts['routing'],
  memberId: string,
  generationId: string,
): Promise<Generation['sentTo']> {
  const rows = await tx
    .selectFrom('artifacts.fileFetch')
    .select(['firstAt', 'providerId', 'routeId', 'host', 'bytes'])
    .where('userId', '=', memberId)
    .where('generationId', '=', generationId)
    .execute();
  return rows.map((row) => ({
    at: row.firstAt.toISOString(),
    provider: row.providerId,
    host: row.host,
    region: routing.byId(row.routeId)?.region ?? '',
    kinds: ['files', 'fetched'],
    bytes: Number(row.bytes),
  }));
}

/** One line for each that fetches: providers ask in pieces, and again. */
async function receipt(
  parts: PublicParts,
  { memberId, generationId, fileId, providerId }: FileAddress,
  { routeId }: Found,
  host: string,
  bytes: number,
): Promise<void> {
  await asService(parts.pools, (tx) =>
    tx
      .insertInto('artifacts.fileFetch')
      .values({
        userId: memberId,
        generationId,
        fileId,
        host,
        providerId,
        routeId,
        bytes: BigInt(bytes),
      })
      .onConflict((conflict) =>
        conflict.columns(['userId', 'generationId', 'fileId', 'host']).doUpdateSet({
          times: sql`file_fetch.times + 1`,
          bytes: sql`file_fetch.bytes + excluded.bytes`,
          lastAt: sql`clock_timestamp()`,
        }),
      )
      .execute(),
  );
  parts.log.info({ generationId, provider: providerId }, 'a provider fetched a file of a run');
}
