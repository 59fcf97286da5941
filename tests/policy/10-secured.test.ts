import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aText, finished, start, walletOf } from '#tests/support/generating.ts';
import { aMember, mailTo, signIn, startMembersApp } from '#tests/support/members-app.ts';
import {
  aVisitor,
  discard,
  type Product,
  startProduct,
  theMember,
  theStaff,
} from '#tests/support/product.ts';

const database = testDatabase();
let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => discard(product));

const byKey = (apiKey: string) =>
  fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/gpt-6-luna', messages: [{ role: 'user', content: 'Hello' }] }),
  });
const answered = async (response: Response) => {
  await response.text();
  return response.status;
};

interface Mailbox {
  items: { to: string; subject: string; text: string }[];
}
interface Desk {
  items: { id: string; topic: string }[];
}

test('10.6 one click ends every session and key, stops spending, mails a new way in, and puts it before the staff', async () => {
  const [here, elsewhere] = [await theMember(product), await theMember(product)];
  const staff = await theStaff(product);
  expect(await answered(await byKey(product.member.apiKey))).toBe(200);

  expect((await here.call('POST', '/api/me/secure')).status).toBe(204);
  for (const session of [here, elsewhere]) expect((await session.call('GET', '/api/me')).status).toBe(401);
  await expect.poll(async () => answered(await byKey(product.member.apiKey))).toBe(401);
  const { email, password } = product.member;
  const back = await aVisitor(product.url).call('POST', '/api/auth/sign-in/email', { email, password });
  expect(back.status).toBe(401); // whoever knew the password is out

  const codeIn = async () => {
    const { json } = await staff.call<Mailbox>('GET', '/api/console/outbox');
    const mine = json.items.filter(({ to }) => to === email);
    if (!mine.some(({ subject }) => subject === 'Your account is secured')) return undefined;
    return mine
      .map(({ subject }) => /^(\d{6}) is your code for a new password/.exec(subject)?.[1])
      .find(Boolean);
  };
  await expect.poll(codeIn, { timeout: 10_000 }).toBeDefined();
  const securityTickets = async () =>
    (await staff.call<Desk>('GET', '/api/console/support/tickets?topic=security')).json.items.length;
  await expect.poll(securityTickets, { timeout: 10_000 }).toBe(1);

  const owner = aVisitor(product.url);
  const fresh = { email, password: 'a new and long pass phrase 8' };
  const reset = { ...fresh, otp: await codeIn() };
  expect((await owner.call('POST', '/api/auth/email-otp/reset-password', reset)).status).toBe(200);
  expect((await owner.call('POST', '/api/auth/sign-in/email', fresh)).status).toBe(200);
  const before = await walletOf(owner);
  await expect(start(owner, aText('Not yet'))).rejects.toThrow('/problems/processing-restricted');
  const { json } = await owner.call<{ secret: string }>('POST', '/api/keys', { name: 'New' });
  expect(await answered(await byKey(json.secret))).toBe(403);
  expect(await walletOf(owner)).toEqual(before);

  expect((await owner.call('DELETE', '/api/privacy/restrictions/secured')).status).toBe(200);
  expect((await finished(owner, await start(owner, aText('Again')))).state).toBe('settled');
  expect(await answered(await byKey(json.secret))).toBe(200);
}, 60_000);

test('10.6 it stands in the audit log, twice is harmless, and a stranger can do it for nobody', async () => {
  const app = await startMembersApp(database(), { log: createLog('silent') });
  const { browser, person, id } = await aMember(database(), app.url);
  const other = await aMember(database(), app.url);
  expect((await aVisitor(app.url).call('POST', '/api/me/secure')).status).toBe(401);
  expect((await browser.post('/api/me/secure')).status).toBe(204);
  expect((await browser.post('/api/me/secure')).status).toBe(401);
  expect((await signIn(browser, person)).status).toBe(401);
  expect((await other.browser.get('/api/me')).status).toBe(200);
  const entries = await asService(database().pools, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['action', 'actorId'])
      .where('subjectId', '=', id)
      .where('action', 'in', ['member.secure', 'member.end-credentials'])
      .execute(),
  );
  expect(entries.map(({ action }) => action).sort()).toEqual(['member.end-credentials', 'member.secure']);
  expect((await mailTo(database(), person.email)).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['notice', 'reset']),
  );
  await app.close();
});
