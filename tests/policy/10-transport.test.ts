import { spawn } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, get } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, unsaid } from '#server/config.ts';
import { addressOf } from '#server/database/connections.ts';
import { openEgress } from '#server/egress/egress.ts';
import { configuredRoutes } from '#server/generations/configured-routes.ts';
import { providers } from '#server/providers/registry.ts';
import { selfSigned } from '#tests/support/certificate.ts';
import { discard, startProduct } from '#tests/support/product.ts';

/** All that production asks for, as an operator would set it. */
const production = (dir: string): Record<string, string> => ({
  MODE: 'production',
  DATA_DIR: dir,
  MASTER_KEY: randomBytes(32).toString('hex'),
  APP_SECRET: randomBytes(32).toString('hex'),
  STRIPE_SECRET_KEY: 'sk_live_of_nobody',
  STRIPE_WEBHOOK_SECRET: 'whsec_of_nobody',
  SMTP_URL: 'smtps://user:secret@mail.shop.example',
  PUBLIC_URL: 'https://shop.example',
  OPERATOR_NAME: 'Shop Ltd',
});

function withFolder<T>(work: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-transport-'));
  try {
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('10.1 production takes a public address with HTTPS, encrypted mail and an encrypted database, and nothing less', () => {
  withFolder((dir) => {
    const settings = production(dir);
    const refusal = (change: Record<string, string>) => {
      try {
        readConfig({ ...settings, ...change });
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal({})).toBeNull();
    expect(refusal({ PUBLIC_URL: 'http://shop.example' })).toMatch(/PUBLIC_URL is plain HTTP/);
    expect(refusal({ SMTP_URL: 'smtp://user:secret@mail.shop.example' })).toMatch(/SMTP_URL .* in the clear/);
    expect(refusal({ SMTP_URL: 'smtp://mail.shop.example:587?requireTLS=true' })).toBeNull();
    expect(refusal({ SMTP_URL: 'smtp://127.0.0.1:25' })).toBeNull();
    expect(refusal({ DATABASE_URL: 'postgres://u:p@db.shop.example/mluen' })).toMatch(/DATABASE_URL is not/);
    expect(refusal({ DATABASE_URL: 'postgres://u:p@db.shop.example/mluen?sslmode=disable' })).toMatch(
      /DATABASE_URL is not/,
    );
    expect(refusal({ DATABASE_URL: 'postgres://u:p@db.shop.example/mluen?sslmode=verify-full' })).toBeNull();
    expect(refusal({ DATABASE_URL: 'postgres://u:p@/mluen?host=/run/postgresql' })).toBeNull();
    expect(refusal({ TLS_CERT_FILE: 'chain.pem' })).toMatch(/belong together/);
  });
  const asked = (mode: string) => addressOf(`postgres://u:p@db.shop.example/mluen?sslmode=${mode}`).base.ssl;
  expect(asked('verify-full')).toEqual({ rejectUnauthorized: true });
});

test('10.1 the program itself ends when production would speak plain HTTP to the public', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-plain-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
    env: { PATH: process.env.PATH, ...production(dir), PUBLIC_URL: 'http://shop.example', PORT: '0' },
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  rmSync(dir, { recursive: true, force: true });
  expect([code, output]).toEqual([1, expect.stringContaining('PUBLIC_URL is plain HTTP')]);
}, 90_000);

test('1.1 production warns while nobody can read who the operator is and how to write to them', () => {
  withFolder((dir) => {
    const said = (change: Record<string, string>) => unsaid(readConfig({ ...production(dir), ...change }));
    expect(said({}).map((sentence) => sentence.split(' ')[0])).toEqual([
      'OPERATOR_ADDRESS',
      'OPERATOR_CONTACT',
    ]);
    expect(said({ OPERATOR_ADDRESS: 'Street 1', OPERATOR_CONTACT: 'privacy@shop.example' })).toEqual([]);
    expect(() => readConfig({ ...production(dir), OPERATOR_NAME: '' })).toThrow('OPERATOR_NAME is missing');
  });
});

test('10.1 behind a proxy that speaks HTTPS, browsers are told to insist on it and cookies go no other way', async () => {
  const port = await freePort();
  const product = await startProduct({ PORT: String(port), PUBLIC_URL: 'https://shop.example' });
  const here = `http://127.0.0.1:${port}`;
  const page = await fetch(here);
  expect(page.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}; includeSubDomains$/);
  const cookies = await signInBehindProxy(port, product.member);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie).toMatch(/^__Host-mluen\..*; ?Secure/i);
  await discard(product);
}, 90_000);

test('10.1 with a certificate of its own the product speaks HTTPS, and HTTP to nobody', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-certificate-'));
  const { cert, key } = selfSigned('localhost');
  writeFileSync(join(dir, 'cert.pem'), cert);
  writeFileSync(join(dir, 'key.pem'), key);
  const product = await startProduct({
    TLS_CERT_FILE: join(dir, 'cert.pem'),
    TLS_KEY_FILE: join(dir, 'key.pem'),
  });
  expect(product.url).toMatch(/^https:/);
  const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) =>
    get(product.url, { ca: cert }, (answer) => {
      answer.resume();
      resolve(answer.headers);
    }).on('error', reject),
  );
  expect(headers['strict-transport-security']).toBeTruthy();
  await expect(fetch(product.url.replace('https:', 'http:'))).rejects.toThrow();
  await discard(product);
  rmSync(dir, { recursive: true, force: true });
}, 90_000);

test.each([
  ['nobody vouches for', selfSigned('provider.example')],
  ['has ended', selfSigned('provider.example', new Date(Date.now() - 1000))],
])('10.1 a provider whose certificate %s is sent nothing', async (_, certificate) => {
  let heard = 0;
  const stranger = createServer(certificate, (_request, response) => {
    heard += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const baseUrl = `https://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const egress = openEgress();
  const passage = {
    provider: 'stranger',
    route: { id: 'stranger-1', baseUrl, key: 'k', region: 'EU', sandbox: false },
    resultHosts: [],
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  const sent = egress.send(passage, {
    method: 'POST',
    url: `${baseUrl}/v1/chat/completions`,
    body: 'a private question',
    kinds: ['prompt'],
  });
  await expect(sent).rejects.toMatchObject({ name: 'ProviderFault', accepted: 'no' });
  expect(heard).toBe(0);
  // The same server is heard by who trusts its certificate: it is the certificate that was refused.
  const trusted = await new Promise<number | undefined>((resolve, reject) =>
    get(baseUrl, { ca: certificate.cert, rejectUnauthorized: false }, (answer) =>
      resolve(answer.resume().statusCode),
    ).on('error', reject),
  );
  expect([trusted, heard]).toEqual([200, 1]);
  await egress.close();
  stranger.closeAllConnections();
  stranger.close();
});

test('10.1 in production no provider is reached without TLS, but a model of the operator’s own', () => {
  const routesWith = (settings: Record<string, string>, id: string) =>
    configuredRoutes(
      providers.find((provider) => provider.id === id)!,
      { mode: 'production', providerSetting: (name) => settings[name] },
      {},
    );
  const key = { OPENAI_API_KEY: 'sk-live' };
  expect(routesWith(key, 'openai')[0]!.baseUrl).toMatch(/^https:/);
  for (const provider of providers.filter(({ settings }) => settings.key !== settings.baseUrl))
    expect(provider.settings.defaultBaseUrl).toMatch(/^https:/);
  expect(() => routesWith({ ...key, OPENAI_BASE_URL: 'http://openai.example/v1' }, 'openai')).toThrow(
    /OPENAI_BASE_URL is plain HTTP/,
  );
  const second = { OPENAI_BASE_URL_2: 'http://eu.openai.example/v1', OPENAI_REGION_2: 'EU' };
  expect(() => routesWith({ ...key, ...second }, 'openai')).toThrow(/OPENAI_BASE_URL_2 is plain HTTP/);
  expect(routesWith({ LOCAL_BASE_URL: 'http://10.0.0.5:11434/v1' }, 'local')).toHaveLength(1);
});

/** As a proxy passes it on: the name that the browser asked for is in the `host` header. Answers the cookies. */
function signInBehindProxy(
  port: number,
  { email, password }: { email: string; password: string },
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `http://127.0.0.1:${port}/api/auth/sign-in/email`,
      {
        method: 'POST',
        headers: {
          host: 'shop.example',
          origin: 'https://shop.example',
          'content-type': 'application/json',
        },
      },
      (answer) => resolve(answer.resume().headers['set-cookie'] ?? []),
    );
    asked.on('error', reject).end(JSON.stringify({ email, password }));
  });
}

async function freePort(): Promise<number> {
  const probe = createTcpServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
