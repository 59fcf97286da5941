import type { FastifyInstance } from 'fastify';
import type { ProblemSlug } from '#contract/problems.ts';
import { redeemCode as redeemEndpoint } from '#contract/wallet.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { limitOf, networkOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { type Redeemed, redeemCode } from '#server/ledger/flows/promotion.ts';
import { requireAcceptance } from '#server/privacy/acceptance.ts';
import { isClosing } from '#server/privacy/closing.ts';

type Refusal = Extract<Redeemed, { ok: false }>['why'];

const problemOf = {
  unknown_code: 'code-unknown',
  too_late: 'code-ended',
  used_up: 'code-used-up',
  redeemed_before: 'code-redeemed-before',
  own_code: 'not-allowed',
} satisfies Record<Refusal, ProblemSlug>;

/** A member redeems a code that somebody of the staff made. */
export function codeRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  // Codes are long; this keeps a guesser from trying, with one account or with many.
  const guesses = limitOf(10, 60 * 60);
  const guessesByNetwork = limitOf(60, 60 * 60);
  route(app, redeemEndpoint, guards.verifiedMember, async ({ memberId, body, request }) => {
    const network = networkOf(request.ip);
    await guessesByNetwork.take(network);
    await guesses.take(memberId);
    const redeemed = await asService(pools, async (tx) => {
      await refuseWhoMayNot(tx, memberId);
      const answer = await redeemCode(tx, { memberId, code: body.code });
      if (!answer.ok) throw refusal(answer.why);
      await recordAudit(tx, {
        action: 'wallet.code-redeemed',
        actorId: memberId,
        subjectId: memberId,
        object: answer.grantId,
        requestId: request.id,
      });
      return answer;
    });
    await Promise.all([guesses.giveBack(memberId), guessesByNetwork.giveBack(network)]);
    return { amountMicro: redeemed.amountMicro, endsAt: redeemed.expiresAt.toISOString() };
  });
}

async function refuseWhoMayNot(tx: Tx<'service'>, memberId: string): Promise<void> {
  if ((await requireAcceptance(tx, memberId)) !== 'accepted') throw new ProblemError('acceptance-required');
  if (await isClosing(tx, memberId)) throw new ProblemError('account-restricted');
}

function refusal(why: Refusal): ProblemError {
  return new ProblemError(
    problemOf[why],
    why === 'own_code' ? { detail: 'You made this code yourself: it is for others.' } : {},
  );
}
