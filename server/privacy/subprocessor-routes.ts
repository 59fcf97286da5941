import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/privacy-subprocessors.ts';
import type { Pools } from '#server/database/connections.ts';
import { anyone, type Guards } from '#server/http/guards.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { addSubprocessorVersion, listSubprocessors } from './subprocessors.ts';

/** Who works for us: read by everyone, announced by operators (clauses 5.4, 6.2, 7.2). */
export function subprocessorRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, contract.listSubprocessors, anyone, async () => ({ items: await listSubprocessors(pools) }));
  route(app, contract.addSubprocessor, guards.staff, ({ body, request, ...signedIn }) =>
    asOneOfStaff(pools, signedIn, ['operator'], (tx) =>
      addSubprocessorVersion(tx, signedIn.memberId, body, request.id),
    ),
  );
}
