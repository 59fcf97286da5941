import { expect, test, vi } from 'vitest';
import { asService, asStaff } from '#server/database/transaction.ts';
import { healthRoutes } from '#server/health/routes.ts';
import { lookAtClocks } from '#server/support/clock.ts';
import { dueAt, extendedTo, regimeIdOf, regimeOf } from '#server/support/deadlines.ts';
import { testApp } from '#tests/support/app.ts';
import { contactStage, mailedLink, mailOf } from '#tests/support/contact.ts';
import { asSuperuser } from '#tests/support/database.ts';

const { database, world, anAddress, aMember, write, queue, act, byLink } = contactStage();

test('9.8 a stranger who names another’s address obtains nothing and erases nothing', async () => {
  const victim = await aMember('DE');
  const address = `${victim}@example.org`;
  const asked = await write(
    null,
    { topic: 'privacy', right: 'erase', address, country: 'DE' },
    await world().another(),
  );
  expect(asked.status).toBe(200);
  expect(Object.keys(asked.json).sort()).toEqual(['dueAt', 'id', 'isMailed']);
  const unknown = await write(
    null,
    { topic: 'privacy', right: 'erase', address: anAddress(), country: 'DE' },
    await world().another(),
  );
  expect({ ...unknown.json, id: '' }).toEqual({ ...asked.json, id: '' });
  const { id } = asked.json;
  const refused = await act(id, 'request/outcome', { outcome: 'answered', reason: 'was asked for' });
  expect([refused.status, refused.json.type]).toEqual([409, '/problems/not-possible-now']);
  await expect(
    asStaff(database().pools, 'support', world().staffId, (tx) =>
      tx
        .updateTable('support.rightsRequest')
        .set({ outcome: 'answered', closedAt: new Date() })
        .where('ticketId', '=', id)
        .execute(),
    ),
  ).rejects.toThrow(/check constraint/);
  expect((await byLink({ id, key: 'guessed-key-of-the-stranger' }, '/proof')).status).toBe(404);
  const erasures = await asService(database().pools, (tx) =>
    tx.selectFrom('privacy.erasure').select('id').where('userId', '=', victim).execute(),
  );
  expect(erasures).toEqual([]);
  // The person who has the address confirms by the link; then it may be answered.
  const proven = await byLink(await mailedLink(database(), address), '/proof');
  expect(proven.json.request).toMatchObject({ kind: 'erase', provenAt: expect.any(String) });
  expect(
    (await act(id, 'request/outcome', { outcome: 'answered', reason: 'told how to erase it' })).status,
  ).toBe(204);
});

test('9.9 each law has its clock', () => {
  const received = new Date('2026-01-31T10:00:00Z');
  const days = (country: string | null) => {
    const regime = regimeOf(regimeIdOf(country));
    return [dueAt(regime, received), extendedTo(regime, received)].map(
      (day) => day?.toISOString().slice(0, 10) ?? null,
    );
  };
  // A month from 31 January ends on Saturday 28 February, so on Monday 2 March.
  expect(days('DE')).toEqual(['2026-03-02', '2026-04-30']);
  expect(days('GB')).toEqual(['2026-03-02', '2026-04-30']);
  expect(days(null)).toEqual(['2026-03-02', '2026-04-30']);
  expect(days('US')).toEqual(['2026-03-17', '2026-05-01']);
  expect(days('BR')).toEqual(['2026-02-15', null]);
  expect(days('CA')).toEqual(['2026-03-02', '2026-04-01']);
  expect(days('KE')).toEqual(['2026-02-07', null]);
  expect(days('KR')).toEqual(['2026-02-10', '2026-02-20']);
  expect(days('CH')).toEqual(['2026-03-02', '2026-04-01']);
  expect(days('NG')).toEqual(['2026-03-02', null]);
});

test('9.9 who is late is told: a warning before the day, an alarm after it, once each, and health says so', async () => {
  const member = await aMember('DE');
  const { id, dueAt: due } = (await write(member, { topic: 'privacy', right: 'access' })).json;
  const at = (days: number) => new Date(Date.parse(due) + days * 86_400_000);
  const mails = () =>
    asService(database().pools, (tx) =>
      tx
        .selectFrom('mail.outbox')
        .select(['recipient', 'subject'])
        .where('kind', '=', 'request-clock')
        .where('bodyText', 'like', `%${id}%`)
        .orderBy('subject')
        .orderBy('recipient')
        .execute(),
    );
  await lookAtClocks(world().parts, at(-6));
  expect(await mails()).toEqual([]);
  for (let time = 0; time < 2; time++) await lookAtClocks(world().parts, at(-4));
  const [due1, late] = [expect.stringMatching(/due on/), expect.stringMatching(/^Overdue/)];
  const heard = [`${world().staffId}@example.org`, 'privacy@example.org'];
  expect(await mails()).toEqual(heard.map((recipient) => ({ recipient, subject: due1 })));
  for (let time = 0; time < 2; time++) await lookAtClocks(world().parts, at(1));
  expect((await mails()).filter(({ subject }) => /^Overdue/.test(subject))).toEqual(
    heard.map((recipient) => ({ recipient, subject: late })),
  );
  expect(await health()).toMatchObject([200, { overdue: 0 }]);
  await asSuperuser(database(), (client) =>
    client.query(`update support.rights_request set due_at = now() - interval '1 day' where ticket_id = $1`, [
      id,
    ]),
  );
  expect(await health()).toMatchObject([503, { overdue: 1 }]);
  expect((await queue('?topic=privacy')).items.find((one: { id: string }) => one.id === id)).toMatchObject({
    isOverdue: true,
  });
  expect((await act(id, 'request/extension', { reason: 'many files' })).status).toBe(409);
});

/** What health says to whoever asks it first. */
async function health() {
  const { pools } = database();
  const app = await testApp(world().parts.log, (routes) =>
    healthRoutes(routes, {
      pools,
      mode: 'sandbox',
      sandboxed: [],
      google: false,
      operator: '',
      mailIsKept: true,
      providers: () => [],
      isOpen: () => true,
    }),
  );
  try {
    const answer = await fetch(`${app.url}/health/requests`);
    return [answer.status, await answer.json()];
  } finally {
    await app.close();
  }
}

test('9.9 an extension has its reason, is told, and comes once; a request is closed by its outcome', async () => {
  const member = await aMember('US');
  const { id, dueAt: due } = (await write(member, { topic: 'privacy', right: 'access' })).json;
  expect((await act(id, 'request/extension', { reason: '' })).status).toBe(400);
  expect((await act(id, 'close')).status).toBe(409);
  expect((await act(id, 'request/extension', { reason: 'ten thousand files' })).status).toBe(204);
  expect((await act(id, 'request/extension', { reason: 'more' })).status).toBe(409);
  const { request } = (await world().app.call(member, 'GET', `/api/support/tickets/${id}`)).json;
  expect(request).toMatchObject({
    extensionReason: 'ten thousand files',
    law: expect.stringMatching(/California/),
  });
  expect(Date.parse(request.dueAt) - Date.parse(due)).toBe(45 * 86_400_000);
  await vi.waitFor(async () =>
    expect(await mailOf(database(), `${member}@example.org`, 'support-answer')).not.toBeNull(),
  );
  expect((await act(id, 'request/outcome', { outcome: 'answered', reason: 'export was made' })).status).toBe(
    204,
  );
  expect((await act(id, 'close')).status).toBe(204);
  const kenyan = (await write(await aMember('KE'), { topic: 'privacy', right: 'access' })).json;
  expect((await act(kenyan.id, 'request/extension', { reason: 'many files' })).status).toBe(409);
});
