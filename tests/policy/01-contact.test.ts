import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { Topic } from '#contract/support.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService, asStaff } from '#server/database/transaction.ts';
import { makeExport } from '#server/privacy/export/make.ts';
import { forgetClosed } from '#server/support/forget.ts';
import { contactStage, mailedLink, mailOf } from '#tests/support/contact.ts';
import { asSuperuser } from '#tests/support/database.ts';
import { unzipped } from '#tests/support/zip.ts';

const { database, world, desk, png, anAddress, aMember, write, read, queue, act, byLink } = contactStage();

test('1.2 a message of each topic, signed in and signed out, is a ticket in the queue of that topic', async () => {
  const app = await world().another();
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
        who === null && topic === 'security' ? world().app : app,
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
  const app = await world().another();
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
  const byAddress = await world().another();
  for (let at = 0; at < 5; at++)
    expect((await write(null, { address: 'flooded@example.org' }, byAddress)).status).toBe(200);
  const refused = await write(null, { address: 'Flooded@example.org' }, byAddress);
  expect([refused.status, refused.json.retryAfterSeconds > 0]).toEqual([429, true]);
  const byNetwork = await world().another();
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
  expect((await world().app.call(member, 'GET', '/api/support/tickets')).json.items).toEqual([]);
  const sent = await attach('screen.png', Buffer.from(png, 'base64'));
  const { messages } = await read(sent.json.id);
  expect(messages[0].files).toMatchObject([{ name: 'screen.png' }]);
  const path = `${world().app.url}${desk}/${sent.json.id}/files/${messages[0].files[0].id}`;
  const file = await fetch(path, { headers: { 'x-test-member': world().supporter } });
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(
    Buffer.from(await file.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect((await fetch(path, { headers: { 'x-test-member': `${world().staffId};finance` } })).status).toBe(
    403,
  );
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
  expect(seen).toEqual([
    { actorId: world().staffId, reason: 'member waits since Monday', object: sent.json.id },
  ]);
  expect((await act(sent.json.id, 'read', { reason: ' ' })).status).toBe(400);
});

test('10.4 the desk is for the role support alone, and even that reads no sealed word past the audit log', async () => {
  const { pools } = database();
  const { id } = (await write(await aMember(), {})).json;
  for (const role of ['finance', 'operator', 'auditor'] as const) {
    const who = `${world().staffId};${role}`;
    for (const [method, path] of [
      ['GET', ''],
      ['POST', `/${id}/read`],
    ] as const)
      expect(
        (
          await world().app.call(
            who,
            method,
            desk + path,
            method === 'POST' ? { reason: 'curious' } : undefined,
          )
        ).status,
      ).toBe(403);
    await expect(
      asStaff(pools, role, world().staffId, (tx) => tx.selectFrom('support.message').select('id').execute()),
    ).rejects.toThrow(/permission denied/);
  }
  await expect(
    asStaff(pools, 'support', world().staffId, (tx) =>
      tx.selectFrom('support.message').select('textSealed').execute(),
    ),
  ).rejects.toThrow(/permission denied/);
  expect((await world().app.call(await aMember(), 'GET', desk)).status).toBe(403);
});

test('3.9 a round trip of a member: an answer, a mail that says only that there is one, and the member goes on', async () => {
  const member = await aMember();
  const { id } = (await write(member, { topic: 'billing', text: 'My top-up is missing' })).json;
  expect((await act(id, 'assignee', { assigneeId: world().staffId })).status).toBe(204);
  expect((await act(id, 'answer', { text: 'It arrived: please look again.' })).status).toBe(204);
  const mail = await vi.waitFor(async () => {
    const found = await mailOf(database(), `${member}@example.org`, 'support-answer');
    if (found === null) throw new Error('not mailed yet');
    return found;
  });
  expect(mail.text).toContain(`/contact/${id}`);
  expect(mail.text + mail.subject).not.toMatch(/arrived|top-up|billing/i);
  const thread = await world().app.call(member, 'GET', `/api/support/tickets/${id}`);
  expect(thread.json).toMatchObject({
    state: 'answered',
    messages: [{ author: 'person' }, { author: 'staff' }],
  });
  expect((await act(id, 'close')).status).toBe(204);
  const again = await world().app.call(member, 'POST', `/api/support/tickets/${id}/messages`, {
    text: 'Thank you!',
  });
  expect(again.json).toMatchObject({ state: 'open', messages: [{}, {}, { text: 'Thank you!' }] });
  const list = await world().app.call(member, 'GET', '/api/support/tickets');
  expect(list.json.items).toMatchObject([{ id, topic: 'billing', beginning: 'My top-up is missing' }]);
  expect((await queue('?topic=billing')).items.find((one: { id: string }) => one.id === id)).toMatchObject({
    assignedTo: { id: world().staffId, name: 'Sam of support' },
  });
  const other = await aMember();
  expect((await world().app.call(other, 'GET', `/api/support/tickets/${id}`)).status).toBe(404);
  expect(
    (await world().app.call(other, 'POST', `/api/support/tickets/${id}/messages`, { text: 'Mine?' })).status,
  ).toBe(404);
});

test('3.9 a round trip of a visitor goes by the link that was mailed, and by no other', async () => {
  const address = anAddress();
  const { id } = (
    await write(null, { address, text: 'I found a hole', topic: 'security' }, await world().another())
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
  const { privacy } = world();
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

test('8.1 closed conversations go after their time, with key and files of who has no account', async () => {
  const address = anAddress();
  const { id } = (
    await write(null, { address, attachments: [{ name: 'a.png', content: png }] }, await world().another())
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
  await forgetClosed(world().parts, in_(360));
  expect(await left()).toBe('2 1');
  await forgetClosed(world().parts, in_(366));
  expect(await left()).toBe('0 0');
});

test('3.9 security.txt is as RFC 9116 asks, from the settings', async () => {
  const answer = await fetch(`${world().app.url}/.well-known/security.txt`);
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
