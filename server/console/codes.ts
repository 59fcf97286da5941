import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/console-money.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { isId } from '#server/database/ids.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { createPromotionCode } from '#server/ledger/flows/promotion.ts';
import { authorOf } from './money-desk.ts';

const PAGE = 50;
/** Without the letters that are taken for digits or for each other. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: nobody guesses one. */
const LENGTH = 16;

/** Codes that members redeem. */
export function promotionCodeRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, contract.listCodes, guards.staff, async ({ query: { before }, ...given }) => {
    if (before !== undefined && !isId(before)) throw new ProblemError('invalid-input');
    const rows = await asOneOfStaff(pools, given, ['finance', 'auditor'], (tx) =>
      tx
        .selectFrom('ledger.promotionCode')
        .select(['id', 'name', 'amount as amountMicro', 'usesLeft', 'redeemUntil', 'lastsDays', 'createdAt'])
        .$if(before !== undefined, (select) => select.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(PAGE + 1)
        .execute(),
    );
    const items = rows.slice(0, PAGE).map((row) => ({
      ...row,
      redeemUntil: row.redeemUntil.toISOString(),
      createdAt: row.createdAt.toISOString(),
    }));
    return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
  });
  route(app, contract.makeCode, guards.staff, async ({ body, ...asked }) => {
    const { reason, redeemUntil, ...made } = body;
    const until = new Date(redeemUntil);
    if (until.getTime() <= Date.now())
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'redeemUntil', message: 'A moment that is still to come.' }],
      });
    const { staffId, requestId } = authorOf(asked);
    const code = newCode();
    const id = await asOneOfStaff(pools, asked, ['finance'], async (tx) => {
      const codeId = await createPromotionCode(tx, {
        ...made,
        code,
        redeemUntil: until,
        createdBy: staffId,
      });
      await recordAudit(tx, {
        action: 'money.make-code',
        actorId: staffId,
        object: codeId,
        reason,
        requestId,
      });
      return codeId;
    });
    return { id, code };
  });
}

/** `7K2M-Q4XW-91TB-ZD6H` */
function newCode(): string {
  const signs = Array.from(randomBytes(LENGTH), (byte) => SIGNS[byte % SIGNS.length]!).join('');
  return signs.match(/.{4}/g)!.join('-');
}
