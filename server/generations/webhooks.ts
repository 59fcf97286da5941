import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { isId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { adapterFor, type TaskAdapter } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';

/** Where a provider may call back for one generation; none where it could not reach us: only simulators may call without TLS. The token in the path is ours to check, whatever the provider signs. */
export function webhookFor(
  parts: Pick<Parts, 'config'>,
  route: Pick<OpenRoute, 'sandbox'>,
  memberId: string,
  id: string,
): { url: string; secret: string } | undefined {
  const base = parts.config.PUBLIC_URL;
  if (base === undefined || !(route.sandbox || base.startsWith('https:'))) return undefined;
  const secret = tokenFor(parts, memberId, id);
  return { url: `${base}/webhooks/providers/${memberId}/${id}/${secret}`, secret };
}

function tokenFor(parts: Pick<Parts, 'config'>, memberId: string, id: string): string {
  return createHmac('sha256', parts.config.secrets.app)
    .update(`provider webhook ${memberId} ${id}`)
    .digest('base64url')
    .slice(0, 32);
}

/**
 * A callback is a hint to look now, never a reason to settle: the run that watches the job is poked and asks the
 * provider itself. Where the outcome was unknown, the job's id in the callback lets the run go on.
 */
export async function providerWebhooks(
  app: FastifyInstance,
  parts: Parts,
  poke: (id: string) => void,
): Promise<void> {
  await withRawBody(app, (scope) => {
    scope.post<{ Params: { memberId: string; id: string; token: string } }>(
      '/webhooks/providers/:memberId/:id/:token',
      async (request, reply) => {
        const { memberId, id, token } = request.params;
        if (!isId(memberId) || !isId(id) || !sameToken(token, tokenFor(parts, memberId, id)))
          return reply.code(404).send();
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        await hear(parts, memberId, id, request.headers as Record<string, string | undefined>, raw, token);
        poke(id);
        return reply.code(200).send();
      },
    );
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
  await asService(parts.pools, async (tx) => {
    const row = await tx
      .selectFrom('generations.generation')
      .select(['state', 'providerId', 'kind', 'priceVersion', 'task'])
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const model = row === undefined ? null : parts.catalogue.atVersion(row.priceVersion);
    if (
      row === undefined ||
      model === null ||
      row.task !== null ||
      (row.state !== 'unknown' && row.state !== 'dispatched')
    )
      return;
    const adapter = adapterFor(
      parts.routing.provider(row.providerId),
      model.kind,
      model.upstream,
    ) as TaskAdapter;
    if (adapter.verifyWebhook?.(headers, raw, secret) === false) {
      parts.log.warn(
        { generationId: id, provider: row.providerId },
        'a provider callback with a wrong signature',
      );
      return;
    }
    const task = adapter.taskFromWebhook?.(raw);
    if (task === undefined || task === null) return;
    await tx
      .updateTable('generations.generation')
      .set({ state: 'running', task: JSON.stringify(task), heldUntil: null })
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .execute();
  });
}

function sameToken(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
