import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DatabaseAddress } from '#server/database/connections.ts';
import type { Told } from './bank-teller.ts';

export interface Teller {
  process: ChildProcess;
  /** What it has acknowledged so far, in order. */
  told: Told[];
  /** Resolves when the process is gone, however it went. */
  gone: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts `bank-teller.ts` as a process of its own, and waits until it is ready. */
export async function startTeller(
  database: { address: DatabaseAddress; secret: string },
  orders: {
    members: { memberId: string; walletId: bigint }[];
    callers: number;
    dieAt?: { point: 'before send' | 'after send' | 'after commit'; after: number };
  },
): Promise<Teller> {
  const { host, database: name } = database.address.base;
  const child = fork(
    join(import.meta.dirname, 'bank-teller.ts'),
    [
      JSON.stringify({
        ...orders,
        host,
        database: name,
        secret: database.secret,
        members: orders.members.map(({ memberId, walletId }) => ({
          memberId,
          walletId: walletId.toString(),
        })),
      }),
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] },
  );
  const told: Told[] = [];
  const gone = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: Told) => {
      if (message.kind === 'ready') resolve();
      else told.push(message);
    });
    child.once('exit', () => reject(new Error('the teller died before it was ready')));
  });
  return {
    process: child,
    told,
    gone,
    stop: async () => {
      child.send('stop');
      await gone;
    },
  };
}
