import type { FastifyInstance } from 'fastify';
import { listPeople, type StaffRole, setStaffRoles as setRoles } from '#contract/console.ts';
import type { Pools } from '#server/database/connections.ts';
import { isId } from '#server/database/ids.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { setStaffRoles } from './staff-roles.ts';

const PAGE = 50;

/** Members as staff see them: the database itself gives out no more than the masked address. */
export function consoleRoutes(app: FastifyInstance, deps: { pools: Pools; guards: Guards }): void {
  route(app, listPeople, deps.guards.staff, async ({ query, ...staff }) => {
    if (query.before !== undefined && !isId(query.before)) throw new ProblemError('invalid-input');
    const rows = await asOneOfStaff(deps.pools, staff, ['support'], (tx) =>
      tx
        .selectFrom('identity.member as member')
        .leftJoin('privacy.erasure as erasure', (join) =>
          join.onRef('erasure.userId', '=', 'member.id').on('erasure.state', '!=', 'cancelled'),
        )
        .select([
          'member.id',
          'emailMasked',
          'displayName',
          'member.country',
          'createdAt',
          'emailVerified',
          'erasure.state',
          'member.staffRoles',
        ])
        .$if(query.before !== undefined, (select) => select.where('member.id', '<', query.before!))
        .orderBy('member.id', 'desc')
        .limit(PAGE + 1)
        .execute(),
    );
    const items = rows.slice(0, PAGE).map(({ state, createdAt, staffRoles, ...row }) => ({
      ...row,
      staffRoles: staffRoles as StaffRole[],
      createdAt: createdAt.toISOString(),
      state: stateOf(state),
    }));
    return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
  });
  route(app, setRoles, deps.guards.staff, async ({ params, body, request, ...staff }) => {
    if (params.id === staff.memberId)
      throw new ProblemError('not-allowed', { detail: 'Nobody sets the own roles: ask another operator.' });
    const by = { staffId: staff.memberId, requestId: request.id };
    const edit = { personId: params.id, ...body };
    if (!(await asOneOfStaff(deps.pools, staff, ['operator'], (tx) => setStaffRoles(tx, by, edit))))
      throw new ProblemError('not-found', { detail: 'There is no such person.' });
  });
}

function stateOf(erasure: string | null): 'active' | 'closing' | 'erased' {
  if (erasure === null) return 'active';
  return erasure === 'erased' ? 'erased' : 'closing';
}
