import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { endpoint } from '#contract/endpoint.ts';
import { Micro } from '#contract/money.ts';
import { createLog } from '#server/log.ts';
import { anyone, createGuards, FRESH_FOR_MS, type Session } from './guards.ts';
import { allowPage } from './headers.ts';
import { limitOf, networkOf } from './limits.ts';
import { withRawBody } from './raw-body.ts';
import { route } from './route.ts';
import { createHttpServer } from './server.ts';

const lines: string[] = [];
const log = createLog('info', { write: (line: string) => void lines.push(line) });
const options = { https: true, formOrigins: ['https://checkout.example'] };
const app = createHttpServer(options, log);
let session: Session | null = null;
const guards = createGuards({ sessionOf: async () => session });
const aSession = (change: Partial<Session> = {}): Session => ({
  id: 's',
  memberId: 'm',
  role: 'member',
  staffRoles: [],
  emailVerified: true,
  provedAt: new Date(),
  ...change,
});

const double = endpoint({
  method: 'POST',
  path: '/api/double/:name',
  summary: 'Doubles an amount.',
  params: z.object({ name: z.string() }),
  query: z.object({ times: z.coerce.number().int().default(2) }),
  body: z.strictObject({ amountMicro: Micro }),
  reply: z.object({ name: z.string(), amountMicro: Micro }),
});
const silent = endpoint({ method: 'DELETE', path: '/api/silent', summary: 'Answers nothing.' });
const strict = endpoint({
  method: 'GET',
  path: '/api/strict',
  summary: 'Takes nothing.',
  reply: z.object({}),
});

beforeAll(async () => {
  route(app, double, anyone, async ({ params, query, body }) => ({
    name: params.name,
    amountMicro: body.amountMicro * BigInt(query.times),
  }));
  route(app, silent, anyone, async () => undefined);
  route(app, strict, anyone, async () => ({}));
  app.get('/api/broken', async () => {
    throw new Error('select secret from table', { cause: new Error('at /srv/code.ts') });
  });
  app.get('/page', async (_request, reply) =>
    reply.type('text/html').send(`nonce=${allowPage(reply, options)}`),
  );
  for (const guard of ['member', 'verifiedMember', 'freshMember', 'staff'] as const) {
    route(
      app,
      endpoint({
        method: 'GET',
        path: `/api/${guard}`,
        summary: 'Guarded.',
        reply: z.object({ id: z.string() }),
      }),
      guards[guard],
      async ({ memberId }) => ({ id: memberId }),
    );
  }
  await withRawBody(app, (scope) => {
    scope.post('/hook', async (request) => ({ bytes: (request.body as Buffer).toString('hex') }));
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
});

const post = (payload: object | string, headers: Record<string, string> = {}, url = '/api/double/a') =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', host: 'mluen.example', ...headers },
    payload,
  });

test('a route decodes what it is sent and encodes what it answers', async () => {
  const answer = await post({ amountMicro: '9007199254740993' }, {}, '/api/double/a?times=3');
  expect(answer.json()).toEqual({ name: 'a', amountMicro: '27021597764222979' });
  expect(answer.headers['cache-control']).toBe('no-store');
});

test('an endpoint without a reply answers 204 and nothing', async () => {
  const answer = await app.inject({ method: 'DELETE', url: '/api/silent' });
  expect([answer.statusCode, answer.body]).toEqual([204, '']);
});

test('fields that the contract does not name are refused, and named', async () => {
  const inBody = await post({ amountMicro: '1', role: 'staff' });
  expect(inBody.statusCode).toBe(400);
  expect(inBody.headers['content-type']).toContain('application/problem+json');
  expect(inBody.json()).toMatchObject({ type: '/problems/invalid-input', status: 400 });
  expect(inBody.json().errors[0].message).toContain('role');
  expect(inBody.json().instance).toBe(inBody.headers['x-request-id']);
  expect((await post({ amountMicro: '1' }, {}, '/api/double/a?x=1')).statusCode).toBe(400);
  expect((await app.inject({ url: '/api/strict?user_id=1' })).statusCode).toBe(400);
});

test('a query parameter given twice is refused', async () => {
  expect((await post({ amountMicro: '1' }, {}, '/api/double/a?times=1&times=2')).statusCode).toBe(400);
});

test('a prototype in JSON is refused and changes nothing', async () => {
  const answer = await post('{"amountMicro":"1","__proto__":{"polluted":true}}');
  expect(answer.statusCode).toBe(400);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a body that is no JSON is refused, also as the simple types that foreign forms can send', async () => {
  expect((await post('{"amountMicro":')).statusCode).toBe(400);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect((await post('{"amountMicro":"1"}', { 'content-type': type })).statusCode).toBe(415);
});

test('a state-changing request of another origin is refused; of ours or of a program it is not', async () => {
  const body = { amountMicro: '1' };
  expect((await post(body, { origin: 'https://evil.example' })).statusCode).toBe(403);
  expect((await post(body, { origin: 'null' })).statusCode).toBe(403);
  expect((await post(body, { 'sec-fetch-site': 'same-site' })).statusCode).toBe(403);
  expect((await post(body, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  expect(
    (await post(body, { origin: 'https://mluen.example', 'sec-fetch-site': 'same-origin' })).statusCode,
  ).toBe(200);
  expect((await post(body)).statusCode).toBe(200);
});

test('a fault of ours shows neither stack nor message, and is logged once with its causes', async () => {
  lines.length = 0;
  const answer = await app.inject({ url: '/api/broken?token=hunter2' });
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({
    type: '/problems/server-error',
    title: expect.any(String),
    status: 500,
    instance: answer.headers['x-request-id'],
  });
  const failures = lines.filter((line) => line.includes('request failed'));
  expect(failures).toHaveLength(1);
  expect(JSON.parse(failures[0]!)).toMatchObject({
    err: { message: 'select secret from table', cause: { message: 'at /srv/code.ts' } },
  });
  expect(lines.join()).not.toContain('hunter2');
});

test('an unknown address answers a problem', async () => {
  const answer = await app.inject({ url: '/api/nothing' });
  expect(answer.json()).toMatchObject({ type: '/problems/not-found', status: 404 });
});

test('guards let in whom they should', async () => {
  const answers = async () =>
    Promise.all(
      ['member', 'verifiedMember', 'freshMember', 'staff'].map(
        async (guard) => (await app.inject({ url: `/api/${guard}` })).statusCode,
      ),
    );
  session = null;
  expect(await answers()).toEqual([401, 401, 401, 401]);
  session = aSession();
  expect(await answers()).toEqual([200, 200, 200, 403]);
  session = aSession({
    emailVerified: false,
    provedAt: new Date(Date.now() - FRESH_FOR_MS - 1000),
    role: 'staff',
  });
  expect(await answers()).toEqual([200, 403, 403, 200]);
});

test('every answer carries the security headers; a page may run only what carries its nonce', async () => {
  const api = await app.inject({ url: '/api/strict' });
  expect(api.headers).toMatchObject({
    'content-security-policy': expect.stringMatching(/^default-src 'none'; frame-ancestors 'none'/),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'strict-transport-security': expect.stringContaining('max-age='),
  });
  const pages = await Promise.all([app.inject({ url: '/page' }), app.inject({ url: '/page' })]);
  const nonces = pages.map((page) => page.body.replace('nonce=', ''));
  expect(nonces[0]).not.toBe(nonces[1]);
  pages.forEach((page, index) => {
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain(`script-src 'self' 'nonce-${nonces[index]}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' https://checkout.example");
    expect(policy).not.toMatch(/unsafe|\*/);
  });
});

test('a webhook’s handler gets the very bytes', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/hook',
    headers: { 'content-type': 'application/json' },
    payload: '{ "a":1 }',
  });
  expect(Buffer.from(answer.json().bytes, 'hex').toString()).toBe('{ "a":1 }');
});

test('what is not on the list of fields never reaches the log', () => {
  lines.length = 0;
  log.info({ generationId: 'g', email: 'a@b.c', prompt: 'secret', body: { password: 'x' } }, 'a line');
  expect(JSON.parse(lines[0]!)).toMatchObject({ generationId: 'g', msg: 'a line' });
  expect(lines[0]).not.toMatch(/a@b\.c|secret|password/);
});

test('attempts are counted by key, and say when to come back', async () => {
  const limit = limitOf(2, 60);
  await limit.take('a');
  await limit.take('a');
  await expect(limit.take('a')).rejects.toMatchObject({
    slug: 'too-many-requests',
    fields: { retryAfterSeconds: 60 },
  });
  await limit.take('b');
  await limit.giveBack('a');
  await limit.giveBack('a');
  await limit.take('a');
});

test('addresses of one network count as one', () => {
  expect(networkOf('203.0.113.77')).toBe('203.0.113.0/24');
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.0/24');
  expect(networkOf('2001:db8:0:1:aaaa::1')).toBe('2001:db8:0:1::/64');
  expect(networkOf('2001:0db8::1:0:0:1')).toBe('2001:db8:0:0::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
});
