import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import {
  disputeCleared,
  disputeLost,
  disputeOpened,
  disputeWarned,
  disputeWon,
} from '#server/ledger/flows/dispute.ts';
import { openWallet, setFrozen } from '#server/ledger/ledger.ts';
import type { Log } from '#server/log.ts';
import { disputeLetter } from './dispute-letter.ts';
import { type DisputeState, nextStateOf } from './dispute-states.ts';
import { mailMember } from './member-mail.ts';
import { isCredited, lockMoneyIn, type MoneyInRow } from './money-in.ts';
import type { ProcessorDispute } from './processor-books.ts';

/**
 * Books what a dispute has come to, step by step, also when all its notices were lost. Spending stops with the first word
 * of it, and goes on when no other dispute and no debt is open. Twice is harmless.
 */
export async function bookDispute(
  tx: Tx<'service'>,
  log: Log,
  moneyIn: MoneyInRow,
  said: ProcessorDispute,
): Promise<void> {
  const locked = await lockMoneyIn(tx, moneyIn);
  const known = await tx
    .selectFrom('payments.dispute')
    .select(['id', 'state'])
    .where('rail', '=', locked.rail)
    .where('processorId', '=', said.processorId)
    .executeTakeFirst();
  let state = (known?.state ?? null) as DisputeState | null;
  let next = nextStateOf(state, said);
  const strange = state === 'lost' && said.returnedMicro > 0n;
  if (strange || (next !== null && !(await isCredited(tx, locked)))) {
    // A case that was lost and is given back after all, or one about money that is nobody's: a person decides.
    log.error({ topUpId: locked.topUpId, state: said.state }, 'a dispute cannot be booked by itself');
    return;
  }
  const id = known?.id ?? newId();
  if (next === null) return;
  let stopped = false;
  for (; next !== null; next = nextStateOf(state, said)) {
    state = next;
    await keepState(tx, locked, id, said, state);
    stopped = await step(tx, locked, id, said, state);
  }
  // A warning that a dispute has taken the place of is not settled, and the dispute has told of itself.
  if (state === null || (state === 'cleared' && stopped)) return;
  await mailMember(tx, locked.userId, 'dispute', disputeLetter(state, said, locked));
}

async function keepState(
  tx: Tx<'service'>,
  moneyIn: MoneyInRow,
  id: string,
  said: ProcessorDispute,
  state: DisputeState,
): Promise<void> {
  const ended = state === 'won' || state === 'lost' || state === 'cleared';
  const now = { state, reason: said.reason, answerBy: said.answerBy, endedAt: ended ? new Date() : null };
  await tx
    .insertInto('payments.dispute')
    .values({
      userId: moneyIn.userId,
      id,
      moneyInId: moneyIn.id,
      topUpId: moneyIn.topUpId,
      kind: said.kind,
      amountMicro: said.takenMicro > 0n ? said.takenMicro : said.amountMicro,
      currency: moneyIn.currency,
      rail: moneyIn.rail,
      processorId: said.processorId,
      ...now,
    })
    .onConflict((conflict) =>
      conflict.columns(['rail', 'processorId']).doUpdateSet({
        ...now,
        ...(said.takenMicro > 0n ? { amountMicro: said.takenMicro } : {}),
      }),
    )
    .execute();
}

/** Answers whether spending stays stopped. */
async function step(
  tx: Tx<'service'>,
  moneyIn: MoneyInRow,
  disputeId: string,
  said: ProcessorDispute,
  state: DisputeState,
): Promise<boolean> {
  const { userId: memberId, topUpId, currency, rail: processor } = moneyIn;
  const dispute = { disputeId, topUpId, memberId, amountMicro: said.takenMicro, currency, processor };
  switch (state) {
    case 'warned':
      await disputeWarned(tx, { memberId, currency });
      break;
    case 'opened':
      await disputeOpened(tx, { ...dispute, feeMicro: said.feeMicro });
      break;
    case 'won':
      await disputeWon(tx, { ...dispute, feeReturnedMicro: said.feeReturnedMicro });
      break;
    case 'lost':
      await disputeLost(tx, dispute);
      break;
    case 'cleared':
      await disputeCleared(tx, { memberId, currency });
      break;
    default:
      state satisfies never;
  }
  await recordAudit(tx, { action: `wallet.dispute-${state}`, subjectId: memberId, object: disputeId });
  return keepFrozen(tx, memberId, currency);
}

/**
 * Somebody has looked at a warning of fraud: the member may spend again, unless a dispute or a debt is open. Answers whose
 * it is, or undefined when no such warning is open. What a later dispute does is not changed by it.
 */
export async function clearWarning(tx: Tx<'service'>, disputeId: string): Promise<string | undefined> {
  const cleared = await tx
    .updateTable('payments.dispute')
    .set({ state: 'cleared', endedAt: new Date() })
    .where('id', '=', disputeId)
    .where('kind', '=', 'warning')
    .where('state', '=', 'warned')
    .returning(['userId', 'currency'])
    .executeTakeFirst();
  if (cleared === undefined) return undefined;
  const { userId: memberId, currency } = cleared;
  await disputeCleared(tx, { memberId, currency });
  await keepFrozen(tx, memberId, currency);
  return memberId;
}

/**
 * While a dispute or a warning of the member is open, spending stays stopped, whatever else has just ended. Answers
 * whether one is.
 */
export async function keepFrozen(tx: Tx<'service'>, memberId: string, currency: string): Promise<boolean> {
  const open = await tx
    .selectFrom('payments.dispute')
    .select('id')
    .where('userId', '=', memberId)
    .where('currency', '=', currency)
    .where('state', 'in', ['warned', 'opened'])
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) await setFrozen(tx, await openWallet(tx, memberId, currency), true);
  return open !== undefined;
}
