import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { createPromotionCode, type PromotionCode } from '#server/ledger/flows/promotion.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { walletRoutes } from './routes.ts';

const database = testDatabase();
let http: TestApp;
beforeAll(async () => {
  http = await testApp(createLog('silent'), (app, guards) =>
    walletRoutes(app, { pools: database().pools }, guards),
  );
});
afterAll(() => http.close());

const DAY_MS = 86_400_000;

async function aCode(made: Partial<PromotionCode> = {}): Promise<string> {
  const code = newId();
  await asService(database().pools, (tx) =>
    createPromotionCode(tx, {
      code,
      name: 'Welcome',
      amountMicro: usd('3'),
      uses: 10,
      redeemUntil: new Date(Date.now() + DAY_MS),
      lastsDays: 30,
      createdBy: newId(),
      ...made,
    }),
  );
  return code;
}

const redeem = (who: string, code: string) => http.call(who, 'POST', '/api/wallet/codes', { code });
const refused = async (who: string, code: string) => {
  const { status, json } = await redeem(who, code);
  return [status, json.type];
};

test('a member redeems a code: it is a gift in the wallet with its end, a row of the list, and on record', async () => {
  const member = await aPerson(database());
  const later = await aCode({ lastsDays: 90, amountMicro: usd('2') });
  await redeem(member, later);
  const { status, json } = await redeem(member, ` ${(await aCode()).toUpperCase().replaceAll('-', ' ')} `);
  expect([status, json.amountMicro]).toEqual([200, '3000000']);
  expect(Math.abs(Date.parse(json.endsAt) - (Date.now() + 30 * DAY_MS))).toBeLessThan(60_000);
  const wallet = (await http.call(member, 'GET', '/api/wallet')).json;
  expect(wallet).toMatchObject({ availableMicro: '5000000', promoMicro: '5000000' });
  expect(wallet.gifts).toEqual([
    { availableMicro: '3000000', endsAt: json.endsAt },
    { availableMicro: '2000000', endsAt: expect.any(String) },
  ]);
  const { items } = (await http.call(member, 'GET', '/api/wallet/transactions')).json;
  expect(items[0]).toMatchObject({
    kind: 'promotion',
    subject: 'Welcome',
    amountMicro: '3000000',
    balanceAfterMicro: '5000000',
  });
  const records = await asService(database().pools, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['actorId', 'subjectId'])
      .where('action', '=', 'wallet.code-redeemed')
      .where('subjectId', '=', member)
      .execute(),
  );
  expect(records).toEqual([
    { actorId: member, subjectId: member },
    { actorId: member, subjectId: member },
  ]);
});

test('each refusal says which it is, and nothing was given', async () => {
  const maker = await aPerson(database());
  const [first, second] = [await aPerson(database()), await aPerson(database())];
  const once = await aCode({ uses: 1 });
  await redeem(first, once);
  expect(await refused(first, once)).toEqual([409, '/problems/code-redeemed-before']);
  expect(await refused(second, once)).toEqual([409, '/problems/code-used-up']);
  expect(await refused(second, await aCode({ redeemUntil: new Date(Date.now() - 1000) }))).toEqual([
    409,
    '/problems/code-ended',
  ]);
  expect(await refused(second, 'NO-SUCH-CODE')).toEqual([404, '/problems/code-unknown']);
  expect(await refused(maker, await aCode({ createdBy: maker }))).toEqual([403, '/problems/not-allowed']);
  expect(await refused(`${second};unverified`, await aCode())).toEqual([403, '/problems/email-not-verified']);
  expect(await refused(await aPerson(database(), { accepted: false }), await aCode())).toEqual([
    403,
    '/problems/acceptance-required',
  ]);
  expect((await http.call(null, 'POST', '/api/wallet/codes', { code: once })).status).toBe(401);
  const wallet = (await http.call(second, 'GET', '/api/wallet')).json;
  expect(wallet).toMatchObject({ availableMicro: '0', gifts: [] });
});

test('the last use of a code goes to one of those who ask at once', async () => {
  const code = await aCode({ uses: 1 });
  const people = await Promise.all(Array.from({ length: 6 }, () => aPerson(database())));
  const answers = await Promise.all(people.map((person) => redeem(person, code)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
});

test('who guesses is stopped after ten tries, also with the right code; what worked does not count', async () => {
  const member = await aPerson(database());
  for (let n = 1; n <= 3; n++) expect((await redeem(member, await aCode())).status).toBe(200);
  for (let n = 1; n <= 10; n++) expect((await redeem(member, `GUESS-${n}`)).status).toBe(404);
  const { status, json } = await redeem(member, await aCode());
  expect([status, json.type]).toEqual([429, '/problems/too-many-requests']);
  expect(json.retryAfterSeconds).toBeGreaterThan(3000);
});
