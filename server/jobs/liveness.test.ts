import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { type TestDatabase, testDatabase } from '#tests/support/database.ts';
import { startJobs } from './jobs.ts';

const database = testDatabase();
const log = createLog('silent');
const add = () =>
  asService(database().pools, (tx) => sql`select mluen.add_job('test.job', '{}'::json)`.execute(tx));

test('the job of a process that was killed is taken up by another, not in four hours', async () => {
  const victim = await processThatHangs(database());
  await add();
  await said(victim, 'begun');
  victim.kill('SIGKILL');
  await once(victim, 'exit');
  await asService(database().pools, async (tx) => {
    const { rows } = await sql<{
      locked: boolean;
    }>`select locked_at is not null as locked from jobs._private_jobs`.execute(tx);
    expect(rows).toEqual([{ locked: true }]);
  });
  let runner: Awaited<ReturnType<typeof startJobs>> | undefined;
  const attempt = await new Promise<number>((resolve, reject) => {
    const handlers = {
      'test.job': async (_payload: unknown, { number }: { number: number }) => resolve(number),
    };
    startJobs(database().pools, [{ handlers }], log).then((started) => {
      runner = started;
    }, reject);
  });
  await runner?.stop();
  expect(attempt).toBe(2);
});

test('the job of a process that is only slow stays its own', async () => {
  const slow = await processThatHangs(database());
  try {
    await add();
    await said(slow, 'begun');
    // As if it had been at it for an hour.
    await asService(database().pools, (tx) =>
      sql`update jobs._private_jobs set locked_at = now() - interval '1 hour'`.execute(tx),
    );
    const before = await lockedBy();
    let stolen = false;
    const handlers = {
      'test.job': async () => {
        stolen = true;
      },
    };
    const runner = await startJobs(database().pools, [{ handlers }], log); // looks for dead workers before it starts
    await runner.stop();
    expect(await lockedBy()).toEqual(before);
    expect(stolen).toBe(false);
  } finally {
    slow.kill('SIGKILL');
    await once(slow, 'exit');
  }
});

async function lockedBy() {
  const { rows } = await asService(database().pools, (tx) =>
    sql<{ lockedBy: string }>`select locked_by from jobs._private_jobs`.execute(tx),
  );
  return rows;
}

/** Another process whose job begins, says so, and never ends. */
async function processThatHangs({ address, secret }: TestDatabase): Promise<ChildProcess> {
  const script = `
    import { openPools } from '#server/database/connections.ts';
    import { startJobs } from '#server/jobs/jobs.ts';
    import { createLog } from '#server/log.ts';
    const pools = openPools(${JSON.stringify(address)}, ${JSON.stringify(secret)}, () => undefined);
    const hang = () => { console.log('begun'); return new Promise(() => undefined); };
    await startJobs(pools, [{ handlers: { 'test.job': hang } }], createLog('silent'));
    console.log('ready');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await said(child, 'ready');
  return child;
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes(word) && resolve());
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });
}
