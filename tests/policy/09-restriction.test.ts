import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asMember, asService } from '#server/database/transaction.ts';
import { lift, restrict } from '#server/privacy/restriction.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aText, finished, run, settledWallet, start } from '#tests/support/generating.ts';
import { aVisitor, discard, theMember, type Visitor } from '#tests/support/product.ts';
import { callsTo, forget, startTwoRoutes, type TwoRoutes } from '#tests/support/routes.ts';

const database = testDatabase();
let two: TwoRoutes;
let member: Visitor;
beforeAll(async () => {
  two = await startTwoRoutes();
  member = await theMember(two.product);
});
afterAll(async () => {
  await discard(two.product);
  await two.close();
});

const text = 'openai/gpt-6-luna';
const said = [{ role: 'user', content: 'Hello' }];
/** One call of each door for programs. */
const doors: [path: string, body: object][] = [
  ['/v1/chat/completions', { model: text, messages: said }],
  ['/v1/chat/completions', { model: text, messages: said, stream: true }],
  ['/v1/responses', { model: text, input: 'Hello' }],
  ['/v1/messages', { model: 'anthropic/claude-haiku-5-5', max_tokens: 50, messages: said }],
  ['/v1beta/models/openai/gpt-6-luna:generateContent', { contents: [{ parts: [{ text: 'Hello' }] }] }],
  ['/v1beta/models/openai/gpt-6-luna:streamGenerateContent', { contents: [{ parts: [{ text: 'Hello' }] }] }],
  ['/v1/images/generations', { model: 'flux/flux-2-klein-4b', prompt: 'A pier', size: '512x512' }],
  ['/v1/audio/speech', { model: 'openai/gpt-4o-mini-tts', input: 'Hello', voice: 'alloy' }],
  ['/v1/videos', { model: 'kling/kling-2.5-turbo', prompt: '[sandbox:seconds=1] A pier', seconds: '5' }],
];

const call = (path: string, body: object) =>
  fetch(two.product.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${two.product.member.apiKey}`,
      'content-type': 'application/json',
      ...(path === '/v1/messages' ? { 'anthropic-version': '2023-06-01' } : {}),
    },
    body: JSON.stringify(body),
  });
const statuses = async () =>
  Promise.all(doors.map(async ([path, body]) => [path, await answered(await call(path, body))]));
async function answered(response: Response): Promise<number> {
  await response.text();
  return response.status;
}
async function sentSoFar(): Promise<number> {
  const providers = ['openai', 'anthropic', 'flux', 'kling', 'openai-2', 'anthropic-2'];
  const counts = await Promise.all(providers.map((id) => callsTo(two.urls[id]!)));
  return counts.reduce((sum, count) => sum + count, 0);
}

test('9.5 while processing is restricted no door begins anything, and all that is stored stays open', async () => {
  const before = await run(member, aText('Kept while restricted'));
  expect(await statuses()).toEqual(doors.map(([path]) => [path, 200]));
  const wallet = await settledWallet(member);
  await forget(...Object.values(two.urls));

  const restricted = await member.call('POST', '/api/privacy/restrictions');
  expect(restricted.json).toMatchObject({ items: [{ cause: 'own-wish', liftedAt: null }] });
  expect((await member.call('POST', '/api/privacy/restrictions')).json).toEqual(restricted.json);
  await expect(start(member, aText('Not now'))).rejects.toThrow('/problems/processing-restricted');
  expect(await statuses()).toEqual(doors.map(([path]) => [path, 403]));
  const refused = await call(...doors[0]!);
  expect(await refused.json()).toMatchObject({ error: { code: 'processing_restricted' } });
  expect(await sentSoFar()).toBe(0);
  expect(await settledWallet(member)).toEqual(wallet);

  const seen = await member.call<{ text: string }>('GET', `/api/generations/${before.id}`);
  expect(seen.json.text).toBe(before.text);
  expect((await member.call('GET', '/api/privacy/erasure')).status).toBe(200);
  expect((await member.call('POST', '/api/privacy/exports')).status).toBe(200);
  expect((await member.call('DELETE', `/api/generations/${before.id}`)).status).toBe(204);
}, 60_000);

test('9.5 only the person lifts it, and then everything goes on', async () => {
  const path = '/api/privacy/restrictions/own-wish';
  expect((await aVisitor(two.product.url).call('DELETE', path)).status).toBe(401);
  const lifted = await member.call('DELETE', path);
  expect(lifted.json).toMatchObject({ items: [{ cause: 'own-wish', liftedAt: expect.any(String) }] });
  expect((await member.call('DELETE', path)).status).toBe(404);
  expect((await finished(member, await start(member, aText('Again')))).state).toBe('settled');
  expect(await statuses()).toEqual(doors.map(([path]) => [path, 200]));
}, 60_000);

test('9.5 PostgreSQL lets no other role and no other member lift or undo a restriction', async () => {
  const { pools } = database();
  const [person, other] = [newId(), newId()];
  await restrict(pools, person, 'request');
  expect(await lift(pools, other, 'own-wish', 'request')).toBe(false);
  const lifting = { liftedAt: new Date() };
  const denied = /permission denied/;
  await expect(
    asService(pools, (tx) => tx.updateTable('privacy.restriction').set(lifting).execute()),
  ).rejects.toThrow(denied);
  await expect(
    asIdentity(pools, (tx) => tx.updateTable('privacy.restriction').set(lifting).execute()),
  ).rejects.toThrow(denied);
  await expect(
    asMember(pools, person, (tx) => tx.deleteFrom('privacy.restriction').execute()),
  ).rejects.toThrow(denied);
  expect(await lift(pools, person, 'own-wish', 'request')).toBe(true);
  expect(await lift(pools, person, 'own-wish', 'request')).toBe(false);
});
