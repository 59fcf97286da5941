/**
 * A process of its own that holds, captures, releases and tops up at random over a few wallets, until it is told to stop
 * or is killed. It tells its parent what was acknowledged. Run by bank.test.ts and crash.test.ts.
 */

import { addressOf, openPools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';

interface Orders {
  host: string;
  database: string;
  secret: string;
  members: { memberId: string; walletId: string }[];
  callers: number;
  /** Where to die: after so many acknowledged holds, at this point. */
  dieAt?: { point: 'before send' | 'after send' | 'after commit'; after: number };
}

export type Told =
  | { kind: 'ready' }
  | { kind: 'asked'; holdId: string; generationId: string; walletId: string; amount: string }
  | { kind: 'held'; holdId: string }
  | { kind: 'charged'; captureId: string; amount: string }
  | { kind: 'topped up'; topUpId: string; amount: string }
  | { kind: 'refused'; status: string }
  | { kind: 'failed'; message: string };

const orders = JSON.parse(process.argv[2]!) as Orders;
const pools = openPools(
  { ...addressOf('postgresql://x@x/x'), base: { host: orders.host, database: orders.database } },
  orders.secret,
  () => undefined,
);
const tell = (told: Told) => process.send?.(told);
let stopping = false;
process.on('message', () => {
  stopping = true;
});
const ledger = await openLedger(pools);
tell({ kind: 'ready' });

let held = 0;
async function caller() {
  while (!stopping) {
    try {
      await story();
    } catch (error) {
      tell({ kind: 'failed', message: String(error) });
    }
  }
}

async function story() {
  const { memberId, walletId } = orders.members[Math.floor(Math.random() * orders.members.length)]!;
  const generationId = newId();
  const holdId = holdIdOf(generationId);
  const amountMicro = BigInt(Math.ceil(Math.random() * 2_000_000));
  const due = orders.dieAt !== undefined && held >= orders.dieAt.after ? orders.dieAt.point : null;
  if (due === 'before send') process.kill(process.pid, 'SIGKILL');
  tell({ kind: 'asked', holdId, generationId, walletId, amount: amountMicro.toString() });
  const holding = ledger.hold({
    id: holdId,
    walletId: BigInt(walletId),
    amountMicro,
    generationId,
    leaseSeconds: 5,
    deadline: null,
  });
  // The batch leaves in the next turn of the loop: by then it is on the wire.
  if (due === 'after send') setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')));
  const { status } = await holding;
  if (due === 'after commit') process.kill(process.pid, 'SIGKILL');
  if (status !== 'ok') {
    tell({ kind: 'refused', status });
    if (Math.random() < 0.2) {
      const topUpId = newId();
      const amount = 3_000_000n;
      await asService(pools, (tx) =>
        creditTopUp(tx, { topUpId, memberId, amountMicro: amount, source: { code: 1100, label: 'stripe' } }),
      );
      tell({ kind: 'topped up', topUpId, amount: amount.toString() });
    }
    return;
  }
  held++;
  tell({ kind: 'held', holdId });
  if (Math.random() < 0.2) return void (await ledger.release(holdId));
  const captureId = captureIdOf(generationId);
  const { capturedMicro } = await ledger.capture({
    holdId,
    id: captureId,
    amountMicro: (amountMicro * BigInt(Math.floor(Math.random() * 110))) / 100n,
  });
  tell({ kind: 'charged', captureId, amount: capturedMicro.toString() });
}

await Promise.all(Array.from({ length: orders.callers }, caller));
await ledger[Symbol.asyncDispose]();
await pools.end();
process.disconnect?.();
