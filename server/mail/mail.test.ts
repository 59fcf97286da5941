import { afterEach, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type MailServer, startMailServer } from '#tests/support/mail-server.ts';
import { mailJobs } from './jobs.ts';
import { letter } from './letter.ts';
import { queueMail } from './outbox.ts';

const database = testDatabase();
const log = createLog('silent');
const attempt = { number: 1, last: false };
const servers: MailServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const smtpServer = async (options = {}) => {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
};
const aLetter = () => letter({ subject: 'Your code', lines: ['Here it is.'], code: '123456' });
const queued = (to = 'ann@example.com') =>
  asService(database().pools, (tx) => queueMail(tx, { kind: 'verify', to, personId: newId(), ...aLetter() }));
const rowOf = (id: string) =>
  asService(database().pools, (tx) =>
    tx.selectFrom('mail.outbox').where('id', '=', id).selectAll().executeTakeFirstOrThrow(),
  );
const jobsWith = (smtpUrl: string | undefined, forgetText = true) =>
  mailJobs({
    pools: database().pools,
    settings: { smtpUrl, from: 'Mluen <no-reply@mluen.example>', forgetText },
    log,
  }).handlers;

test('without a mail server a mail is kept for the console', async () => {
  const id = await queued();
  const read = () =>
    asStaff(database().pools, 'operator', newId(), (tx) =>
      tx.selectFrom('mail.outbox').select(['recipient', 'bodyText']).where('id', '=', id).execute(),
    );
  expect(await read()).toEqual([]); // while it is queued, its code still opens an account
  await jobsWith(undefined)['mail.send']!({ mailId: id }, attempt);
  expect(await rowOf(id)).toMatchObject({ state: 'kept' });
  expect(await read()).toEqual([
    { recipient: 'ann@example.com', bodyText: expect.stringContaining('123456') },
  ]);
});

test('a mail is sent once although the job runs twice, named by its row, and its text is forgotten', async () => {
  const smtp = await smtpServer();
  const id = await queued();
  const send = jobsWith(smtp.url)['mail.send']!;
  await send({ mailId: id }, attempt);
  await send({ mailId: id }, attempt);
  expect(smtp.messages).toHaveLength(1);
  expect(smtp.messages[0]).toContain(`Message-ID: <${id}@mluen.example>`);
  expect(smtp.messages[0]).toContain('123456');
  expect(await rowOf(id)).toMatchObject({
    state: 'sent',
    bodyText: null,
    bodyHtml: null,
    sentAt: expect.any(Date),
  });
});

test('a mail server that refuses is asked again, and the last refusal ends it without quoting the address', async () => {
  const smtp = await smtpServer({ refuse: true });
  const id = await queued('bob@example.com');
  const send = jobsWith(smtp.url)['mail.send']!;
  await expect(send({ mailId: id }, attempt)).rejects.toThrow();
  expect(await rowOf(id)).toMatchObject({ state: 'queued', attempts: 1 });
  await send({ mailId: id }, { number: 2, last: true });
  const row = await rowOf(id);
  expect(row).toMatchObject({ state: 'failed', attempts: 2, bodyText: null });
  expect(row.lastError).toContain('550');
  expect(row.lastError).not.toContain('bob');
});

test('what is put into a letter is escaped, and a subject cannot add a header', () => {
  const made = letter({
    subject: 'Hello\r\nBcc: all@example.com',
    lines: ['<img src=x onerror="alert(1)">'],
  });
  expect(made.subject).toBe('Hello Bcc: all@example.com');
  expect(made.html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  expect(made.html).not.toContain('<img');
});
