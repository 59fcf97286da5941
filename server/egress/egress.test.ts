import { createSecretKey, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPublicAddress } from './address.ts';
import { type OpenRoute, openEgress, type Passage, type Receipt } from './egress.ts';

const egress = openEgress();
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/redirect')
      return response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
      return;
    }
    if (request.url === '/silent') return;
    if (request.url === '/big') return response.end(Buffer.alloc(100_000));
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on('end', () => response.end(JSON.stringify({ size })));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await egress.close();
});

function aPassage(over: Partial<OpenRoute> = {}): Passage & { receipts: Receipt[] } {
  const receipts: Receipt[] = [];
  return {
    provider: 'toy',
    route: { id: 'toy', baseUrl: base, key: 'k', region: 'EU', sandbox: false, ...over },
    resultHosts: ['*.toy.example', 'localhost'],
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: (receipt) => receipts.push(receipt),
    receipts,
  };
}
const get = (path: string) => ({
  method: 'GET' as const,
  url: path.startsWith('http') ? path : base + path,
  kinds: ['none' as const],
});

test('a request leaves a receipt with host, region, bytes and a keyed hash', async () => {
  const passage = aPassage();
  const answer = await egress.send(passage, {
    method: 'POST',
    url: `${base}/x`,
    body: 'hello',
    kinds: ['prompt'],
  });
  expect(await answer.json()).toEqual({ size: 5 });
  expect(passage.receipts).toHaveLength(1);
  expect(passage.receipts[0]).toMatchObject({
    provider: 'toy',
    host: new URL(base).host,
    region: 'EU',
    bytes: 5,
    kinds: ['prompt'],
  });
});

test('a host that is not the provider’s own is refused, and nothing leaves', () => {
  const passage = aPassage();
  for (const url of [
    'https://evil.example/x',
    'https://toy.example.evil.example/',
    'http://a.toy.example/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost:1/',
  ]) {
    if (url.includes('localhost')) continue;
    expect(() =>
      egress.exchange(passage, get(url), { onHead() {}, onData() {}, onEnd() {}, onFault() {} }),
    ).toThrow(/not its own/);
  }
  expect(passage.receipts).toEqual([]);
});

test('a known host that resolves to this machine is refused at the moment of connecting', async () => {
  await expect(egress.send(aPassage(), get('https://localhost:1/'))).rejects.toMatchObject({
    kind: 'overloaded',
    accepted: 'no',
  });
});

test('a redirect is an answer, never followed', async () => {
  expect((await egress.send(aPassage(), get('/redirect'))).status).toBe(302);
});

test('a cut answer is a fault that was accepted', async () => {
  const answer = await egress.send(aPassage(), get('/cut'));
  await expect(answer.bytes()).rejects.toMatchObject({
    name: 'ProviderFault',
    kind: 'unknown',
    accepted: 'yes',
  });
});

test('silence ends in a timeout whose outcome is not known', async () => {
  await expect(egress.send(aPassage(), { ...get('/silent'), idleMs: 50 })).rejects.toMatchObject({
    kind: 'timeout',
    accepted: 'maybe',
  });
});

test('nothing listening means nothing was accepted', async () => {
  const passage = aPassage({ baseUrl: 'http://127.0.0.1:9' });
  await expect(egress.send(passage, get('http://127.0.0.1:9/'))).rejects.toMatchObject({ accepted: 'no' });
});

test('an answer beyond the limit is cut off', async () => {
  const answer = await egress.send(aPassage(), { ...get('/big'), maxBytes: 1000 });
  await expect(answer.bytes()).rejects.toThrow(/larger than 1000/);
});

test('a simulator’s results may come from another port of this machine, a real provider’s may not', async () => {
  const elsewhere = { baseUrl: 'http://127.0.0.1:9' };
  expect((await egress.send(aPassage({ ...elsewhere, sandbox: true }), get('/x'))).status).toBe(200);
  expect(() =>
    egress.exchange(aPassage(elsewhere), get('/x'), { onHead() {}, onData() {}, onEnd() {}, onFault() {} }),
  ).toThrow(/not its own/);
});

test.each([
  ['8.8.8.8', true],
  ['10.1.2.3', false],
  ['172.20.0.1', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['127.0.0.1', false],
  ['::1', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['::ffff:10.0.0.1', false],
  ['2606:4700::1111', true],
  ['not an address', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
