import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { mailJobs } from './jobs.ts';
import { letter } from './letter.ts';
import { queueMail } from './outbox.ts';
import { mailRoutes } from './routes.ts';

const database = testDatabase();
const log = createLog('silent');
let app: TestApp;
beforeAll(async () => {
  app = await testApp(log, (server, guards) => mailRoutes(server, { pools: database().pools, guards }));
});
afterAll(async () => {
  await app.close();
});

test('staff page through the mail by key, newest first; nobody else sees it', async () => {
  const { pools } = database();
  const { handlers } = mailJobs({
    pools,
    settings: { smtpUrl: undefined, from: 'a@b.example', forgetText: true },
    log,
  });
  const ids: string[] = [];
  for (let count = 0; count < 55; count += 1) {
    const words = letter({ subject: `Mail ${count}`, lines: [`Number ${count}.`] });
    ids.unshift(
      await asService(pools, (tx) => queueMail(tx, { kind: 'notice', to: 'ann@example.com', ...words })),
    );
    await handlers['mail.send']!({ mailId: ids[0] }, { number: 1, last: false });
  }
  const staff = `${newId()};staff`;
  const first = (await app.call(staff, 'GET', '/api/console/outbox')).json;
  expect(first.items[0]).toMatchObject({
    to: 'ann@example.com',
    subject: 'Mail 54',
    text: 'Number 54.\n',
    state: 'kept',
  });
  const second = (await app.call(staff, 'GET', `/api/console/outbox?before=${first.next}`)).json;
  expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(second.next).toBeNull();
  expect((await app.call(newId(), 'GET', '/api/console/outbox')).status).toBe(403);
  expect((await app.call(null, 'GET', '/api/console/outbox')).status).toBe(401);
  expect((await app.call(staff, 'GET', "/api/console/outbox?before=' or 1=1")).status).toBe(400);
});
