import { afterAll, beforeAll, expect, test } from 'vitest';
import { asMember, asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { mailJobs } from '#server/mail/jobs.ts';
import { letter } from '#server/mail/letter.ts';
import { confirmMarketing, mailConfirmation, queueNews } from '#server/privacy/marketing.ts';
import { marketingRoutes } from '#server/privacy/marketing-routes.ts';
import { restrict } from '#server/privacy/restriction.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type MailServer, startMailServer } from '#tests/support/mail-server.ts';
import {
  aMember,
  aPerson,
  type Browser,
  type MembersApp,
  mailTo,
  startMembersApp,
} from '#tests/support/members-app.ts';

const database = testDatabase();
const log = createLog('silent');
const links = { publicUrl: 'https://mluen.example', secret: 'a secret of the marketing tests' };
let app: MembersApp;
let post: MailServer;
beforeAll(async () => {
  post = await startMailServer();
  app = await startMembersApp(database(), {
    log,
    extra: (server, guards) => marketingRoutes(server, { pools: database().pools, ...links }, guards),
  });
});
afterAll(async () => {
  post.close();
  await app.close();
});

const words = () => letter({ subject: 'A new model', lines: ['It paints.'] });
const queue = (id: string, email: string) =>
  asService(database().pools, (tx) => queueNews(tx, links, { id, email }, words()));
const send = (mailId: string) =>
  mailJobs({
    pools: database().pools,
    settings: { smtpUrl: post.url, from: 'Mluen <news@mluen.example>', forgetText: true },
    log,
  }).handlers['mail.send']!({ mailId }, { number: 1, last: false });
const stateOf = async (browser: Browser) => (await browser.get('/api/privacy/marketing')).json.state;
async function tokenTo(email: string): Promise<string> {
  const mails = (await mailTo(database(), email)).filter(({ kind }) => kind === 'consent');
  return /news\/confirm\/([\w-]+)/.exec(mails.at(-1)?.bodyText ?? '')![1]!;
}
async function aReader() {
  const one = await aMember(database(), app.url);
  await one.browser.post('/api/privacy/marketing');
  await one.browser.post('/api/marketing/confirm', { token: await tokenTo(one.person.email) });
  return one;
}

test('4.2 marketing is off by default, and neither an account nor a wish alone lets a mail be queued', async () => {
  const { browser, person, id } = await aMember(database(), app.url);
  expect((await browser.get('/api/privacy/marketing')).json).toEqual({ state: 'off', history: [] });
  await expect(queue(id, person.email)).rejects.toThrow('takes no marketing mail');
  expect((await browser.post('/api/privacy/marketing')).json.state).toBe('asked');
  await expect(queue(id, person.email)).rejects.toThrow('takes no marketing mail');
  const token = await tokenTo(person.email);
  expect((await browser.post('/api/marketing/confirm', { token: `${token.slice(0, -4)}AAAA` })).status).toBe(
    404,
  );
  const inEightDays = Date.now() + 8 * 24 * 60 * 60_000;
  expect(await confirmMarketing(database().pools, links, token, inEightDays)).toBe(false);
  expect((await browser.post('/api/marketing/confirm', { token })).status).toBe(204);
  expect(await stateOf(browser)).toBe('on');
  expect((await browser.post('/api/marketing/confirm', { token })).status).toBe(404); // once
  await queue(id, person.email);
});

test('4.2 a tick at sign-up is separate from the terms, and asked again by mail once the address is confirmed', async () => {
  const wishing = { ...aPerson(), marketing: true };
  const { browser, id } = await aMember(database(), app.url, wishing);
  expect(await stateOf(browser)).toBe('asked');
  const ask = () => asService(database().pools, (tx) => mailConfirmation(tx, links, id));
  await ask();
  await ask(); // the job of the same opening
  const mails = await mailTo(database(), wishing.email);
  expect(mails.filter(({ kind }) => kind === 'consent')).toHaveLength(1);
  await expect(queue(id, wishing.email)).rejects.toThrow('takes no marketing mail');
});

test('4.2 every marketing mail carries the headers of one click, whose POST stops it without signing in', async () => {
  const { browser, person, id } = await aReader();
  const before = post.messages.length;
  await send(await queue(id, person.email));
  const message = post.messages[before]!.replace(/\r?\n[ \t]+/g, ' ');
  expect(message).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  const url = /List-Unsubscribe: <https:\/\/mluen\.example([^>]+)>/.exec(message)![1]!;

  const looked = await fetch(app.url + url, { redirect: 'manual' }); // as scanners do
  expect([looked.status, looked.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^\/news\/stop\//),
  ]);
  expect(await stateOf(browser)).toBe('on');
  const clicked = await fetch(app.url + url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(clicked.status).toBe(200);
  expect((await browser.get('/api/privacy/marketing')).json).toMatchObject({
    state: 'off',
    history: [
      { step: 'withdrawn', form: 'mail' },
      { step: 'confirmed', form: 'mail' },
      { step: 'asked', form: 'settings' },
    ],
  });
  const wrong = await fetch(`${app.url}/api/marketing/unsubscribe/made-up`, { method: 'POST' });
  expect(wrong.status).toBe(404);
});

test('4.2 9.5 what waits in the queue is dropped at a withdrawal and at a restriction, other mail is not', async () => {
  const stopped = await aReader();
  const waiting = await queue(stopped.id, stopped.person.email);
  expect((await stopped.browser.call('DELETE', '/api/privacy/marketing')).json.state).toBe('off');
  const restricted = await aReader();
  const alsoWaiting = await queue(restricted.id, restricted.person.email);
  await restrict(database().pools, restricted.id, 'request');
  const before = post.messages.length;
  await send(waiting);
  await send(alsoWaiting);
  expect(post.messages).toHaveLength(before);
  await expect(queue(restricted.id, restricted.person.email)).rejects.toThrow('takes no marketing mail');
  for (const { person } of [stopped, restricted])
    expect((await mailTo(database(), person.email)).map(({ kind }) => kind)).toEqual(
      expect.not.arrayContaining(['marketing']),
    );
  expect((await mailTo(database(), stopped.person.email)).length).toBeGreaterThan(0);
});

test('4.2 PostgreSQL lets no marketing mail leave without the click, and nobody consents for another or in place of the mailbox', async () => {
  const { person, id } = await aReader();
  const bare = { id: '0199c0de-0000-7000-8000-00000000aaaa', personId: id, kind: 'marketing' };
  await expect(
    asService(database().pools, (tx) =>
      tx
        .insertInto('mail.outbox')
        .values({ ...bare, recipient: person.email, subject: 'Bare' })
        .execute(),
    ),
  ).rejects.toThrow('marketing_is_stopped_by_a_click');
  const consent = { userId: id, id: bare.id, topic: 'marketing', step: 'confirmed', form: 'by hand' };
  const byHand = (work: 'member' | 'service') =>
    work === 'member'
      ? asMember(database().pools, id, (tx) => tx.insertInto('identity.consent').values(consent).execute())
      : asService(database().pools, (tx) => tx.insertInto('identity.consent').values(consent).execute());
  await expect(byHand('member')).rejects.toThrow(/permission denied/);
  await expect(byHand('service')).rejects.toThrow(/permission denied/);
});
