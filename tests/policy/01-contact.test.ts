import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Topic } from '#contract/support.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService, asStaff } from '#server/database/transaction.ts';
import { healthRoutes } from '#server/health/routes.ts';
import { openWallet } from '#server/ledger/ledger.ts';
import { makeExport } from '#server/privacy/export/make.ts';
import { lookAtClocks } from '#server/support/clock.ts';
import { dueAt, extendedTo, regimeIdOf, regimeOf } from '#server/support/deadlines.ts';
import { forgetClosed } from '#server/support/forget.ts';
import { type Answer, aPerson, testApp } from '#tests/support/app.ts';
import { type ContactWorld, contactWorld, mailedLink, mailOf } from '#tests/support/contact.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { unzipped } from '#tests/support/zip.ts';

const database = testDatabase();
let world: ContactWorld;
let staffId: string;
let supporter: string;
beforeAll(async () => {
  world = await contactWorld(database());
  staffId = await aPerson(database(), { displayName: 'Sam of support' });
  await asSuperuser(database(), (client) =>
    client.query(`update identity.member set role = 'staff', staff_roles = '{support}' where id = $1`, [
      staffId,
    ]),
  );
  supporter = `${staffId};support`;
});
afterAll(async () => {
  await world.close();
});

const desk = '/api/console/support/tickets';
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
let addresses = 0;
const anAddress = () => `visitor${++addresses}@example.org`;

async function aMember(country = 'KE') {
  const id = await aPerson(database(), { country });
  await asService(database().pools, async (tx) => {
    await world.parts.vault.createKey(tx, id);
    await openWallet(tx, id);
  });
  return id;
}
const write = (who: string | null, body: object, app = world.app): Promise<Answer> =>
  app.call(who, 'POST', '/api/contact', { topic: 'question', text: 'How does this work?', ...body });
const read = async (id: string, reason = 'to answer it') =>
  (await world.app.call(supporter, 'POST', `${desk}/${id}/read`, { reason })).json;
const queue = async (query = '') => (await world.app.call(supporter, 'GET', `${desk}${query}`)).json;
const act = (id: string, what: string, body: object = {}, who = supporter, method = 'POST') =>
  world.app.call(who, method, `${desk}/${id}/${what}`, body);
const byLink = (link: object, what = '', body: object = {}) =>
  world.app.call(null, 'POST', `/api/contact/thread${what}`, { ...link, ...body });

test('1.2 a message of each topic, signed in and signed out, is a ticket in the queue of that topic', async () => {
  const app = await world.another();
  const member = await aMember();
  for (const topic of Topic.options)
    for (const who of [member, null]) {
      const text = `About ${topic} from ${who === null ? 'outside' : 'inside'}`;
      const sent = await write(
        who,
        {
          topic,
          text,
          ...(who === null ? { address: anAddress() } : {}),
          ...(topic === 'privacy' ? { right: 'access' } : {}),
        },
        who === null && topic === 'security' ? world.app : app,
      );
      expect([topic, sent.status]).toEqual([topic, 200]);
      expect(sent.json.isMailed).toBe(who === null);
      const listed = (await queue(`?topic=${topic}`)).items as { id: string; isMember: boolean }[];
      expect(listed.find(({ id }) => id === sent.json.id)).toMatchObject({ topic, isMember: who !== null });
      expect((await read(sent.json.id)).messages).toMatchObject([{ author: 'person', text }]);
    }
});

test('3.9 security reports come first in the queue, a report of a child next, then by how long they wait', async () => {
  const topics = ((await queue()).items as { topic: string }[]).map(({ topic }) => topic);
  expect(topics).toEqual([...topics].sort((a, b) => order(a) - order(b)));
  expect(topics[0]).toBe('security');
  expect((await queue()).queues.map(({ topic }: { topic: string }) => topic)).toEqual(Topic.options);
});
const order = (topic: string) => (Topic.options as readonly string[]).indexOf(topic);

test('1.2 nothing more is taken than an answer needs', async () => {
  const app = await world.another();
  const member = await aMember();
  for (const [who, body, path] of [
    [null, {}, 'address'],
    [member, { address: 'a@example.org' }, 'address'],
    [null, { address: 'a@example.org', country: 'DE' }, 'country'],
    [member, { topic: 'privacy', right: 'access', country: 'DE' }, 'country'],
    [member, { topic: 'privacy' }, 'right'],
    [member, { reportedAddress: 'a@example.org' }, 'reportedAddress'],
    [member, { phone: '+254712345678' }, ''],
  ] as const) {
    const refused = await write(who, body, app);
    expect([body, refused.status, refused.json.errors?.[0]?.path]).toEqual([body, 400, path]);
  }
});

test('1.2 a flood is limited: by the network, by the address that would be mailed, by the member', async () => {
  const byAddress = await world.another();
  for (let at = 0; at < 5; at++)
    expect((await write(null, { address: 'flooded@example.org' }, byAddress)).status).toBe(200);
  const refused = await write(null, { address: 'Flooded@example.org' }, byAddress);
  expect([refused.status, refused.json.retryAfterSeconds > 0]).toEqual([429, true]);
  const byNetwork = await world.another();
  for (let at = 0; at < 10; at++)
    expect((await write(null, { address: anAddress() }, byNetwork)).status).toBe(200);
  expect((await write(null, { address: anAddress() }, byNetwork)).status).toBe(429);
  const member = await aMember();
  for (let at = 0; at < 20; at++) expect((await write(member, {}, byNetwork)).status).toBe(200);
  expect((await write(member, {}, byNetwork)).status).toBe(429);
});

test('1.2 an attachment is looked at by its bytes: what it says it is does not matter, what harms is refused', async () => {
  const member = await aMember();
  const attach = (name: string, content: Buffer | string) =>
    write(member, { attachments: [{ name, content: Buffer.from(content).toString('base64') }] });
  const program = await attach('photo.png', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)]));
  expect([program.status, program.json.type]).toEqual([422, '/problems/unsafe-file']);
  const svg = await attach(
    'a.txt',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  expect([svg.status, svg.json.type]).toEqual([422, '/problems/unsafe-file']);
  expect((await world.app.call(member, 'GET', '/api/support/tickets')).json.items).toEqual([]);
  const sent = await attach('screen.png', Buffer.from(png, 'base64'));
  const { messages } = await read(sent.json.id);
  expect(messages[0].files).toMatchObject([{ name: 'screen.png' }]);
  const path = `${world.app.url}${desk}/${sent.json.id}/files/${messages[0].files[0].id}`;
  const file = await fetch(path, { headers: { 'x-test-member': supporter } });
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(
    Buffer.from(await file.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect((await fetch(path, { headers: { 'x-test-member': `${staffId};finance` } })).status).toBe(403);
});

test('2.6 words and addresses lie sealed; support reads them with a reason that the person finds in the audit log', async () => {
  const member = await aMember();
  const words = 'marmalade canary 4711';
  const sent = await write(member, { text: words });
  const address = anAddress();
  await write(null, { text: words, address });
  const stored = await asSuperuser(database(), async (client) => {
    let all = '';
    for (const table of ['support.ticket', 'support.message', 'artifacts.file'])
      all += JSON.stringify((await client.query(`select t::text from ${table} t`)).rows);
    return all;
  });
  for (const open of [
    words,
    address,
    Buffer.from(words).toString('hex'),
    Buffer.from(address).toString('hex'),
  ])
    expect(stored).not.toContain(open);
  await read(sent.json.id, 'member waits since Monday');
  const seen = await asMember(database().pools, member, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['actorId', 'reason', 'object'])
      .where('action', '=', 'support.read')
      .execute(),
  );
  expect(seen).toEqual([{ actorId: staffId, reason: 'member waits since Monday', object: sent.json.id }]);
  expect((await act(sent.json.id, 'read', { reason: ' ' })).status).toBe(400);
});

test('10.4 the desk is for the role support alone, and even that reads no sealed word past the audit log', async () => {
  const { pools } = database();
  const { id } = (await write(await aMember(), {})).json;
  for (const role of ['finance', 'operator', 'auditor'] as const) {
    const who = `${staffId};${role}`;
    for (const [method, path] of [
      ['GET', ''],
      ['POST', `/${id}/read`],
    ] as const)
      expect(
        (
          await world.app.call(
            who,
            method,
            desk + path,
            method === 'POST' ? { reason: 'curious' } : undefined,
          )
        ).status,
      ).toBe(403);
    await expect(
      asStaff(pools, role, staffId, (tx) => tx.selectFrom('support.message').select('id').execute()),
    ).rejects.toThrow(/permission denied/);
  }
  await expect(
    asStaff(pools, 'support', staffId, (tx) =>
      tx.selectFrom('support.message').select('textSealed').execute(),
    ),
  ).rejects.toThrow(/permission denied/);
  expect((await world.app.call(await aMember(), 'GET', desk)).status).toBe(403);
});

test('3.9 a round trip of a member: an answer, a mail that says only that there is one, and the member goes on', async () => {
  const member = await aMember();
  const { id } = (await write(member, { topic: 'billing', text: 'My top-up is missing' })).json;
  expect((await act(id, 'assignee', { assigneeId: staffId })).status).toBe(204);
  expect((await act(id, 'answer', { text: 'It arrived: please look again.' })).status).toBe(204);
  const mail = await vi.waitFor(async () => {
    const found = await mailOf(database(), `${member}@example.org`, 'support-answer');
    if (found === null) throw new Error('not mailed yet');
    return found;
  });
  expect(mail.text).toContain(`/contact/${id}`);
  expect(mail.text + mail.subject).not.toMatch(/arrived|top-up|billing/i);
  const thread = await world.app.call(member, 'GET', `/api/support/tickets/${id}`);
  expect(thread.json).toMatchObject({
    state: 'answered',
    messages: [{ author: 'person' }, { author: 'staff' }],
  });
  expect((await act(id, 'close')).status).toBe(204);
  const again = await world.app.call(member, 'POST', `/api/support/tickets/${id}/messages`, {
    text: 'Thank you!',
  });
  expect(again.json).toMatchObject({ state: 'open', messages: [{}, {}, { text: 'Thank you!' }] });
  const list = await world.app.call(member, 'GET', '/api/support/tickets');
  expect(list.json.items).toMatchObject([{ id, topic: 'billing', beginning: 'My top-up is missing' }]);
  expect((await queue('?topic=billing')).items.find((one: { id: string }) => one.id === id)).toMatchObject({
    assignedTo: { id: staffId, name: 'Sam of support' },
  });
  const other = await aMember();
  expect((await world.app.call(other, 'GET', `/api/support/tickets/${id}`)).status).toBe(404);
  expect(
    (await world.app.call(other, 'POST', `/api/support/tickets/${id}/messages`, { text: 'Mine?' })).status,
  ).toBe(404);
});

test('3.9 a round trip of a visitor goes by the link that was mailed, and by no other', async () => {
  const address = anAddress();
  const { id } = (
    await write(null, { address, text: 'I found a hole', topic: 'security' }, await world.another())
  ).json;
  const link = await mailedLink(database(), address);
  expect(link.id).toBe(id);
  expect((await byLink({ id, key: 'x'.repeat(32) })).status).toBe(404);
  expect((await byLink({ id: newId(), key: link.key })).status).toBe(404);
  await act(id, 'answer', { text: 'Where is it?' });
  await vi.waitFor(async () => expect(await mailedLink(database(), address, 'support-answer')).toEqual(link));
  const said = await byLink(link, '/messages', { text: 'In the cellar' });
  expect(said.json.messages).toMatchObject([
    {},
    { author: 'staff', text: 'Where is it?' },
    { text: 'In the cellar' },
  ]);
  expect((await byLink(link, '/removal')).status).toBe(204);
  expect((await byLink(link)).status).toBe(404);
  expect(await mailOf(database(), address, 'contact')).toBeNull();
});

test('2.6 what a member wrote is in the export, and gone after erasure', async () => {
  const member = await aMember();
  const { id } = (
    await write(member, { text: 'exported words', attachments: [{ name: 'notes.png', content: png }] })
  ).json;
  await act(id, 'answer', { text: 'answered words' });
  const { privacy } = world;
  const exportId = newId();
  const bytes = await makeExport(privacy.parts, member, exportId);
  const key = await privacy.parts.vault.keyOf(member);
  const entries = unzipped(await buffer(privacy.parts.store.read(key, exportId, bytes)));
  const told = JSON.parse(entries.get('support/message.json')!.toString());
  expect(told.map((one: { text_sealed: string }) => one.text_sealed)).toEqual([
    'exported words',
    'answered words',
  ]);
  expect([...entries.keys()].filter((path) => path.endsWith('notes.png'))).toHaveLength(1);
  const asked = await privacy.app.call(member, 'POST', '/api/privacy/erasure', {
    confirm: 'erase',
    now: true,
  });
  expect([asked.status, asked.json]).toMatchObject([200, {}]);
  await vi.waitFor(
    async () => {
      await privacy.hurry();
      const left = await asService(database().pools, (tx) =>
        tx.selectFrom('support.ticket').select('id').where('userId', '=', member).execute(),
      );
      expect(left).toEqual([]);
    },
    { timeout: 20_000, interval: 300 },
  );
});

test('9.8 a stranger who names another’s address obtains nothing and erases nothing', async () => {
  const victim = await aMember('DE');
  const address = `${victim}@example.org`;
  const asked = await write(
    null,
    { topic: 'privacy', right: 'erase', address, country: 'DE' },
    await world.another(),
  );
  expect(asked.status).toBe(200);
  expect(Object.keys(asked.json).sort()).toEqual(['dueAt', 'id', 'isMailed']);
  const unknown = await write(
    null,
    { topic: 'privacy', right: 'erase', address: anAddress(), country: 'DE' },
    await world.another(),
  );
  expect({ ...unknown.json, id: '' }).toEqual({ ...asked.json, id: '' });
  const { id } = asked.json;
  const refused = await act(id, 'request/outcome', { outcome: 'answered', reason: 'was asked for' });
  expect([refused.status, refused.json.type]).toEqual([409, '/problems/not-possible-now']);
  await expect(
    asStaff(database().pools, 'support', staffId, (tx) =>
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
  await lookAtClocks(world.parts, at(-6));
  expect(await mails()).toEqual([]);
  for (let time = 0; time < 2; time++) await lookAtClocks(world.parts, at(-4));
  const [due1, late] = [expect.stringMatching(/due on/), expect.stringMatching(/^Overdue/)];
  const heard = [`${staffId}@example.org`, 'privacy@example.org'];
  expect(await mails()).toEqual(heard.map((recipient) => ({ recipient, subject: due1 })));
  for (let time = 0; time < 2; time++) await lookAtClocks(world.parts, at(1));
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
  const app = await testApp(world.parts.log, (routes) =>
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
  const { request } = (await world.app.call(member, 'GET', `/api/support/tickets/${id}`)).json;
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

test('8.1 closed conversations go after their time, with key and files of who has no account', async () => {
  const address = anAddress();
  const { id } = (
    await write(null, { address, attachments: [{ name: 'a.png', content: png }] }, await world.another())
  ).json;
  await act(id, 'answer', { text: 'Here you are' });
  await act(id, 'close');
  const in_ = (days: number) => new Date(Date.now() + days * 86_400_000);
  const left = () =>
    asSuperuser(database(), async (client) => {
      const { rows } = await client.query<{ n: string }>(
        `select (select count(*) from support.message where ticket_id = $1) || ' ' ||
           (select count(*) from vault.member_key k where k.user_id = (select user_id from support.ticket where id = $1)) as n`,
        [id],
      );
      return rows[0]?.n;
    });
  await forgetClosed(world.parts, in_(360));
  expect(await left()).toBe('2 1');
  await forgetClosed(world.parts, in_(366));
  expect(await left()).toBe('0 0');
});

test('3.9 security.txt is as RFC 9116 asks, from the settings', async () => {
  const answer = await fetch(`${world.app.url}/.well-known/security.txt`);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const fields = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/: (.*)/s).slice(0, 2));
  expect(fields.filter(([name]) => name !== 'Expires')).toEqual([
    ['Contact', 'mailto:security@example.org'],
    ['Contact', 'https://mluen.example/contact?topic=security'],
    ['Preferred-Languages', 'en'],
    ['Canonical', 'https://mluen.example/.well-known/security.txt'],
    ['Policy', 'https://example.org/security'],
  ]);
  const expires = fields.filter(([name]) => name === 'Expires').map(([, value]) => Date.parse(value!));
  expect(expires).toHaveLength(1);
  expect(expires[0]! - Date.now()).toBeGreaterThan(30 * 86_400_000);
  expect(expires[0]! - Date.now()).toBeLessThan(365 * 86_400_000);
});

test('11.2 a report of a child’s account: suspended, found true, erased, and paid back by finance', async () => {
  const child = await aMember();
  await aWallet(database().pools, { memberId: child, cash: usd('7') });
  const report = {
    topic: 'child',
    text: 'My pupil is eleven',
    address: anAddress(),
    reportedAddress: `${child}@example.org`,
  };
  const { id } = (await write(null, report, await world.another())).json;
  expect((await read(id)).reportedAddress).toBe(report.reportedAddress);
  expect((await act(id, 'child/erasure', { reason: 'too early' })).status).toBe(409);
  expect((await act(id, 'child/suspension', { reason: 'reported by a teacher' })).status).toBe(204);
  expect((await act(id, 'child/suspension', { reason: 'once more' })).status).toBe(409);
  const { pools } = database();
  const restricted = () =>
    asMember(pools, child, (tx) =>
      tx.selectFrom('privacy.restriction').select('cause').where('liftedAt', 'is', null).execute(),
    );
  expect(await restricted()).toEqual([{ cause: 'child-report' }]);
  await expect(
    asMember(pools, child, (tx) =>
      tx.updateTable('privacy.restriction').set({ liftedAt: new Date() }).execute(),
    ),
  ).rejects.toThrow(/by who may/);
  expect((await act(id, 'child/erasure', { reason: 'the school confirmed it' })).status).toBe(204);
  await vi.waitFor(
    async () => {
      await world.privacy.hurry();
      expect((await read(id)).child).toMatchObject({
        erasure: 'erased',
        refundMicro: '7000000',
        emailMasked: null,
      });
    },
    { timeout: 20_000, interval: 300 },
  );
  const gone = await asService(pools, (tx) =>
    tx.selectFrom('identity.member').select('id').where('id', '=', child).execute(),
  );
  expect(gone).toEqual([]);
  const back = { reference: 're_123' };
  expect((await act(id, 'child/refund', back)).status).toBe(403);
  expect((await act(id, 'child/refund', back, `${staffId};finance`)).status).toBe(204);
  expect((await act(id, 'child/refund', back, `${staffId};finance`)).status).toBe(409);
  const done = await asStaff(pools, 'auditor', staffId, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['action', 'actorId'])
      .where('subjectId', '=', child)
      .where('actorId', '=', staffId)
      .orderBy('at')
      .execute(),
  );
  expect(done.map(({ action }) => action)).toEqual([
    'support.child.suspend',
    'support.child.erase',
    'privacy.erasure.ask',
    'support.child.refund',
  ]);
});

test('11.2 a report that is not true is lifted, and the account goes on', async () => {
  const adult = await aMember();
  const { id } = (await write(await aMember(), { topic: 'child', text: 'I think this is a child' })).json;
  const unnamed = await act(id, 'child/suspension', { reason: 'reported' });
  expect([unnamed.status, unnamed.json.detail]).toEqual([409, expect.stringMatching(/names no address/)]);
  const suspension = { reason: 'reported', address: `${adult}@example.org` };
  expect((await act(id, 'child/suspension', suspension)).status).toBe(204);
  expect(
    (await act(id, 'child/suspension', { reason: 'showed a passport' }, supporter, 'DELETE')).status,
  ).toBe(204);
  expect((await act(id, 'child/erasure', { reason: 'by mistake' })).status).toBe(409);
  const left = await asMember(database().pools, adult, (tx) =>
    tx.selectFrom('privacy.restriction').select('id').where('liftedAt', 'is', null).execute(),
  );
  expect(left).toEqual([]);
  expect((await read(id)).child).toMatchObject({ erasure: 'none', liftedAt: expect.any(String) });
});
