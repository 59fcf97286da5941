import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { startJobs } from '#server/jobs/jobs.ts';
import { createLog } from '#server/log.ts';
import { mailJobs } from '#server/mail/jobs.ts';
import { letter } from '#server/mail/letter.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type MailServer, startMailServer } from '#tests/support/mail-server.ts';

const database = testDatabase();
const log = createLog('silent');
const settings = { from: 'Mluen <no-reply@mluen.example>', forgetText: true };
let post: MailServer;
beforeAll(async () => {
  post = await startMailServer({ asleep: true });
});
afterAll(() => post.close());

test('5.7 a mail arrives once although the worker is killed while it hands it over', async () => {
  const { address, pools, secret } = database();
  const mailId = await asService(pools, (tx) =>
    queueMail(tx, {
      kind: 'verify',
      to: 'ann@example.com',
      ...letter({ subject: 'Your code', lines: ['Here.'], code: '123456' }),
    }),
  );
  const script = `
    import { openPools } from '#server/database/connections.ts';
    import { startJobs } from '#server/jobs/jobs.ts';
    import { createLog } from '#server/log.ts';
    import { mailJobs } from '#server/mail/jobs.ts';
    const pools = openPools(${JSON.stringify(address)}, ${JSON.stringify(secret)}, () => undefined);
    const log = createLog('silent');
    await startJobs(pools, [mailJobs({ pools, settings: ${JSON.stringify({ ...settings, smtpUrl: post.url })}, log })], log);
  `;
  const visited = post.visited();
  const worker = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  await visited;
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  expect(post.messages).toEqual([]);

  post.wake();
  const sent = post.visited();
  const runner = await startJobs(
    pools,
    [mailJobs({ pools, settings: { ...settings, smtpUrl: post.url }, log })],
    log,
  );
  await sent;
  await runner.stop(); // waits for what it has begun
  expect(post.messages).toHaveLength(1);
  expect(post.messages[0]).toContain(`Message-ID: <${mailId}@mluen.example>`);
  const row = await asService(pools, (tx) =>
    tx
      .selectFrom('mail.outbox')
      .where('id', '=', mailId)
      .select(['state', 'attempts', 'bodyText'])
      .executeTakeFirst(),
  );
  expect(row).toEqual({ state: 'sent', attempts: 2, bodyText: null });
});
