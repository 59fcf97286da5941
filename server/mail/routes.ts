import type { FastifyInstance } from 'fastify';
import { listOutbox } from '#contract/console.ts';
import type { Pools } from '#server/database/connections.ts';
import { isId } from '#server/database/ids.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';

const PAGE = 50;

export function mailRoutes(app: FastifyInstance, deps: { pools: Pools; guards: Guards }): void {
  route(app, listOutbox, deps.guards.staff, async ({ query, ...staff }) => {
    if (query.before !== undefined && !isId(query.before)) throw new ProblemError('invalid-input');
    const rows = await asOneOfStaff(deps.pools, staff, ['operator'], (tx) =>
      tx
        .selectFrom('mail.outbox')
        .select(['id', 'queuedAt', 'recipient', 'subject', 'bodyText', 'state'])
        .$if(query.before !== undefined, (select) => select.where('id', '<', query.before!))
        .orderBy('id', 'desc')
        .limit(PAGE + 1)
        .execute(),
    );
    const items = rows.slice(0, PAGE).map((row) => ({
      id: row.id,
      at: row.queuedAt.toISOString(),
      to: row.recipient,
      subject: row.subject,
      text: row.bodyText ?? '',
      state: row.state as 'queued' | 'sent' | 'failed' | 'kept',
    }));
    return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
  });
}
