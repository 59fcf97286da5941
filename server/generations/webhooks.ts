import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { GenerationState } from '#contract/generations.ts';
import { asService } from '#server/database/transaction.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { adapterFor, type Task } from '#server/providers/provider.ts';
import { keepLooking } from './late.ts';
import type { Parts } from './parts.ts';
import { modelAt } from './price-list.ts';
import { bytesOfId, idIn, openToken, sealToken } from './sealed-token.ts';
import { anyServingOf } from './serving.ts';

const PURPOSE = 'provider webhook';
const ID = 16;

/** Where a provider may call back for one generation; none where it could not reach us: only simulators may call without TLS. The path is ours to open, whatever the provider signs; what it says is sealed, as a provider learns no id of a member (clause 6.1). */
export function webhookFor(
  parts: Pick<Parts, 'config'>,
  route: Pick<OpenRoute, 'sandbox'>,
  memberId: string,
  id: string,
): { url: string; secret: string } | undefined {
  const base = parts.config.PUBLIC_URL;
  if (base === undefined || !(route.sandbox || base.startsWith('https:'))) return undefined;
  const token = sealToken(
    parts.config.secrets.app,
    PURPOSE,
    Buffer.concat([bytesOfId(memberId), bytesOfId(id)]),
  );
  return { url: `${base}/webhooks/providers/${token}`, secret: secretFor(parts, token) };
}

/** What a provider that takes a secret with each call signs with. */
function secretFor(parts: Pick<Parts, 'config'>, token: string): string {
  return createHmac('sha256', parts.config.secrets.app)
    .update(`${PURPOSE} ${token}`)
    .digest('base64url')
    .slice(0, 32);
}

/** Whose callback comes to this path; null where we gave it to nobody. */
function openPath(parts: Pick<Parts, 'config'>, token: string): { memberId: string; id: string } | null {
  const plain = openToken(parts.config.secrets.app, PURPOSE, token);
  return plain?.length === 2 * ID ? { memberId: idIn(plain, 0), id: idIn(plain, ID) } : null;
}

/**
 * A callback is a hint to look now, never a reason to settle: the run that watches the job is poked and asks the
 * provider itself. Where the outcome was unknown, the job's id in the callback lets the run go on; where the hold has
 * been released meanwhile, the reaper looks at the job and ends it late.
 */
export async function providerWebhooks(
  app: FastifyInstance,
  parts: Parts,
  poke: (id: string) => void,
): Promise<void> {
  await withRawBody(app, (scope) => {
    scope.post<{ Params: { token: string } }>('/webhooks/providers/:token', async (request, reply) => {
      const { token } = request.params;
      const opened = openPath(parts, token);
      if (opened === null) return reply.code(404).send();
      const { memberId, id } = opened;
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = request.headers as Record<string, string | undefined>;
      await hear(parts, memberId, id, headers, raw, secretFor(parts, token));
      poke(id);
      return reply.code(200).send();
    });
  });
}

async function hear(
  parts: Parts,
  memberId: string,
  id: string,
  headers: Record<string, string | undefined>,
  raw: Buffer,
  secret: string,
) {
  if (!(await isPriceListKnown(parts, memberId, id))) return;
  const late = await asService(parts.pools, async (tx) => {
    const row = await tx
      .selectFrom('generations.generation')
      .select(['state', 'providerId', 'routeId', 'kind', 'priceVersion', 'task'])
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || row.task !== null || !(row.state in mayHear)) return null;
    const task = taskOf(parts, id, row, headers, raw, secret);
    if (task === null || row.state === 'released' || row.state === 'cancelled') return task;
    await tx
      .updateTable('generations.generation')
      .set({ state: 'running', task: JSON.stringify(task), heldUntil: null })
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .execute();
    return null;
  });
  if (late !== null) await keepLooking(parts.pools, { memberId, id, task: late });
}

/** Another process may have begun the price list a moment ago: the catalogue is read again before the row is locked. */
async function isPriceListKnown(parts: Parts, memberId: string, id: string): Promise<boolean> {
  const row = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select('priceVersion')
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  return row !== undefined && (await modelAt(parts, row.priceVersion)) !== null;
}

/** In these states a job's outcome may come by a callback; in all others it is watched, or known. */
const mayHear: Partial<Record<GenerationState, true>> = {
  dispatched: true,
  unknown: true,
  released: true,
  cancelled: true,
};

function taskOf(
  parts: Parts,
  id: string,
  row: { providerId: string; routeId: string; priceVersion: string },
  headers: Record<string, string | undefined>,
  raw: Buffer,
  secret: string,
): Task | null {
  const model = parts.catalogue.atVersion(row.priceVersion);
  if (model === null) return null;
  const { upstream } = anyServingOf(parts, model, row.providerId);
  const adapter = adapterFor(parts.routing.provider(row.providerId), model.kind, upstream);
  if (adapter.kind !== 'task') return null;
  const route = parts.routing.byId(row.routeId) ?? undefined;
  if (adapter.verifyWebhook?.(headers, raw, secret, route) === false) {
    parts.log.warn(
      { generationId: id, provider: row.providerId },
      'a provider callback with a wrong signature',
    );
    return null;
  }
  return adapter.taskFromWebhook?.(raw) ?? null;
}
