import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import type { Log } from '#server/log.ts';
import { anchorNewestSeal, compareAnchors } from './anchor.ts';
import { type Archives, archiveMonth, monthToArchive } from './archive.ts';
import { auditLedger } from './audit.ts';
import { expirePromotions } from './flows/promotion.ts';
import { sealLedger } from './seal.ts';
import { waitingMoney } from './waiting.ts';

const MONTHS_AHEAD = 3;
const BUCKETS_AT_ONCE = 500;

/**
 * What the ledger does by itself: it seals and audits every minute, from the start each night, anchors each day, looks
 * each hour for money that waits too long, makes the months to come, archives those that are old enough, and ends promotional money. Each is harmless twice.
 */
export function ledgerJobs(deps: {
  pools: Pools;
  archives: Archives;
  archiveMonths: number;
  anchorDir: string;
  log: Log;
}): ModuleJobs {
  const { pools, archives, archiveMonths, anchorDir, log } = deps;
  const { key } = archives;
  const audit = async (from: 'start' | 'last') => {
    const { ok, findings, stopped, checkedTransfers, tookMs } = await auditLedger(pools, from, archives);
    const faults = from === 'start' ? await compareAnchors(pools, key, anchorDir) : [];
    if (ok && faults.length === 0)
      return log.debug({ count: checkedTransfers, tookMs }, 'the ledger was audited and is sound');
    for (const { invariant, transfer } of findings)
      log.error({ name: invariant, transferId: transfer }, 'an invariant of the ledger is broken');
    for (const currency of stopped)
      log.error({ name: currency }, 'posting in this currency is stopped until a person lifts it');
    if (faults.length > 0)
      log.error({ count: faults.length }, 'anchored seals differ from the seals of the ledger');
  };
  return {
    handlers: {
      'ledger.seal': async () => void (await sealLedger(pools)),
      'ledger.audit': () => audit('last'),
      'ledger.audit-whole': () => audit('start'),
      'ledger.waiting': async () => {
        const waiting = await asService(pools, (tx) => waitingMoney(tx));
        for (const { code, label, days, balanceMicro } of waiting.filter(({ isLate }) => isLate))
          log.error(
            { name: `${code} ${label}`, count: days ?? undefined, amountMicro: balanceMicro },
            'money waits too long on an account that it should leave',
          );
      },
      'ledger.anchor': async () => void (await anchorNewestSeal(pools, key, anchorDir)),
      'ledger.archive': () => archiveOldest(pools, archives, archiveMonths, log),
      'ledger.months': () =>
        asService(pools, async (tx) => {
          await sql`select ledger.make_partition(now() + n * interval '1 month') from generate_series(0, ${MONTHS_AHEAD}::int) n`.execute(
            tx,
          );
        }),
      'ledger.promotions': () =>
        asService(pools, async (tx) => void (await expirePromotions(tx, BUCKETS_AT_ONCE))),
    },
    schedule: [
      '* * * * * ledger.seal',
      '* * * * * ledger.audit',
      '10 3 * * * ledger.audit-whole',
      '40 * * * * ledger.waiting',
      '5 0 * * * ledger.anchor',
      '20 1 * * * ledger.months',
      // After the audit of the night.
      '40 4 * * * ledger.archive',
      '*/5 * * * * ledger.promotions',
    ],
  };
}

/** One month a night: so old a month is in no hurry. */
async function archiveOldest(pools: Pools, archives: Archives, months: number, log: Log): Promise<void> {
  const month = await monthToArchive(pools, months);
  if (month === null) return;
  const done = await archiveMonth(pools, archives, month);
  if (done.ok) log.info({ name: month, count: Number(done.transfers) }, 'a month of the ledger was archived');
  else log.error({ name: month, fault: done.why }, 'a month of the ledger could not be archived');
}
