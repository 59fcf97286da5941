import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpServer } from '#server/http/server.ts';
import { createLog } from '#server/log.ts';
import { pages } from './pages.ts';

const dir = mkdtempSync(join(tmpdir(), 'mluen-pages-'));
const options = { https: false, formOrigins: [] };
const app = createHttpServer(options, createLog('silent'));

function build(name: string) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, 'assets'), { recursive: true });
  for (const page of ['index.html', 'console.html'])
    writeFileSync(join(dir, page), `<script nonce="__CSP_NONCE__" src="/assets/${name}.js"></script>`);
  writeFileSync(join(dir, `assets/${name}.js`), name);
  writeFileSync(join(dir, `assets/${name}.js.gz`), gzipSync(name));
  writeFileSync(join(dir, 'favicon.svg'), '<svg/>');
}

beforeAll(async () => {
  build('first');
  await pages(app, dir, options);
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});
const get = (url: string, headers = {}) => app.inject({ method: 'GET', url, headers });

test('pages, the files beside them and their assets are served, and what is a program’s is no page', async () => {
  const page = await get('/wallet');
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).toMatch(/nonce="[\w+/=-]{16,}" src="\/assets\/first\.js"/);
  expect((await get('/favicon.svg')).body).toBe('<svg/>');
  const asset = await get('/assets/first.js', { 'accept-encoding': 'gzip' });
  expect(asset.headers).toMatchObject({
    'content-encoding': 'gzip',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  for (const none of ['/api/none', '/assets/none.js', '/missing.png', '/assets/..%2findex.html']) {
    expect((await get(none)).statusCode, none).toBeGreaterThanOrEqual(403);
  }
});

test('a build that is made while the server runs is served at once', async () => {
  await get('/');
  build('second');
  expect((await get('/')).body).toContain('/assets/second.js');
  expect((await get('/console/overview')).body).toContain('/assets/second.js');
  expect((await get('/assets/second.js')).body).toBe('second');
  expect((await get('/assets/first.js')).statusCode).toBe(404);
});

test('while a build has taken the pages away, those of before are shown', async () => {
  const before = (await get('/')).body.replace(/nonce="[^"]+"/, '');
  rmSync(join(dir, 'index.html'));
  const between = await get('/');
  expect([between.statusCode, between.body.replace(/nonce="[^"]+"/, '')]).toEqual([200, before]);
});
