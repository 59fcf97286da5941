import type { FastifyInstance } from 'fastify';
import type { ProblemSlug } from '#contract/problems.ts';
import {
  checkTopUp,
  createTopUp as createTopUpEndpoint,
  getTopUp,
  TOP_UP_MAX_MICRO,
  TOP_UP_MIN_MICRO,
} from '#contract/wallet.ts';
import type { Guards } from '#server/http/guards.ts';
import { limitOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asked } from './asked.ts';
import { channelOf, checkNow, type Payments } from './check.ts';
import { paymentsConsoleRoutes } from './console-routes.ts';
import { refundRoutes } from './refund-routes.ts';
import { createTopUp, findTopUp, type Refusal, type TopUpRow, topUpOnWire } from './top-up.ts';
import { webhookRoutes } from './webhooks.ts';

const problemOf = {
  'acceptance-required': 'acceptance-required',
  'account-restricted': 'account-restricted',
  'already-exists': 'already-exists',
  'fraction-of-a-cent': 'invalid-input',
  'id-of-another-time': 'invalid-input',
} satisfies Record<Refusal, ProblemSlug>;

export async function paymentsRoutes(
  app: FastifyInstance,
  payments: Payments,
  guards: Guards,
): Promise<void> {
  // Each opens or reads something at the processor: whoever tests stolen cards does it by the hundred.
  const asks = limitOf(30, 60 * 60);
  const checks = limitOf(60, 60);
  route(app, createTopUpEndpoint, guards.verifiedMember, async ({ memberId, body }) => {
    await asks.take(memberId);
    refuseUnfit(body.amountMicro);
    const topUp = await asked(() =>
      createTopUp(payments.pools, channelOf(payments, 'card'), payments.publicUrl, memberId, {
        id: body.id,
        amountMicro: body.amountMicro,
        returnTo: body.returnTo,
      }),
    );
    if ('refused' in topUp) throw new ProblemError(problemOf[topUp.refused]);
    return topUpOnWire(topUp);
  });
  route(app, getTopUp, guards.member, async ({ memberId, params }) =>
    topUpOnWire(found(await findTopUp(payments.pools, memberId, params.id))),
  );
  route(app, checkTopUp, guards.member, async ({ memberId, params }) => {
    await checks.take(memberId);
    const topUp = found(await findTopUp(payments.pools, memberId, params.id));
    return topUpOnWire(await asked(() => checkNow(payments, topUp)));
  });
  refundRoutes(app, payments, guards);
  paymentsConsoleRoutes(app, payments, guards);
  await webhookRoutes(app, payments);
}

function refuseUnfit(amountMicro: bigint) {
  if (amountMicro >= TOP_UP_MIN_MICRO && amountMicro <= TOP_UP_MAX_MICRO) return;
  throw new ProblemError('invalid-input', {
    errors: [{ path: 'amountMicro', message: 'Between $1 and $2,000.' }],
  });
}

function found(topUp: TopUpRow | undefined): TopUpRow {
  if (topUp === undefined) throw new ProblemError('not-found');
  return topUp;
}
