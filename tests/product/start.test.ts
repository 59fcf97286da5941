import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { discard, type Product, startProduct, theMember } from '#tests/support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => discard(product));

/** Runs the start until it ends by itself. */
function attempt(environment: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'silent', ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.once('exit', (code) => resolve({ code, output }));
  });
}

test('the start says where it is and that it is a sandbox, and writes sandbox.json for programs', async () => {
  expect(product.output()).toContain('Sandbox mode: no real money, no real provider.');
  expect(product.simulators.openai).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(product.member.apiKey).toMatch(/^mlu_/);
  expect(statSync(join(product.dataDir, 'sandbox.json')).mode & 0o077).toBe(0);
  const member = await theMember(product);
  expect((await member.call<{ availableMicro: string }>('GET', '/api/wallet')).json.availableMicro).toBe(
    '50000000',
  );
});

test('it is live and ready, and says in JSON what is simulated', async () => {
  expect((await fetch(`${product.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${product.url}/health/ready`)).status).toBe(200);
  const system = (await (await fetch(`${product.url}/api/system`)).json()) as {
    mode: string;
    sandboxed: string[];
  };
  expect(system.mode).toBe('sandbox');
  expect(system.sandboxed).toContain('card payments (Stripe)');
});

test('pages carry a strict policy with a nonce of their own; unknown API addresses answer a problem', async () => {
  const [first, second] = await Promise.all([fetch(product.url), fetch(`${product.url}/history`)]);
  const policy = first.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toBe(second.headers.get('content-security-policy'));
  const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
  expect(await first.text()).toContain(nonce);
  const missing = await fetch(`${product.url}/api/no-such-thing`);
  expect(missing.status).toBe(404);
  expect(missing.headers.get('content-type')).toContain('application/problem+json');
});

test('a second start on the same data is refused in words', async () => {
  const { code, output } = await attempt({ DATA_DIR: product.dataDir, PORT: '0' });
  expect(code).toBe(1);
  expect(output).toMatch(/running already/);
});

test('a port that was named and is taken stops the start', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  );
  const dir = mkdtempSync(join(tmpdir(), 'mluen-port-'));
  const { code, output } = await attempt({ DATA_DIR: dir, PORT: String(port) });
  taken.close();
  rmSync(dir, { recursive: true, force: true });
  expect(code).toBe(1);
  expect(output).toContain(`Port ${port} is taken`);
});

test('a start ends though its port is called all the while, as after a kill under load', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  );
  await new Promise((resolve) => taken.close(resolve));
  const calls: Socket[] = [];
  const calling = setInterval(() => {
    const call = connect(port, '127.0.0.1').on('error', () => undefined);
    call.write('GET /health/live HTTP/1.1\r\nhost: here\r\n\r\n');
    calls.push(call);
  }, 20);
  try {
    await discard(await startProduct({ PORT: String(port) }));
  } finally {
    clearInterval(calling);
    for (const call of calls) call.destroy();
  }
}, 90_000);

test('production refuses to start half-real and names each missing part', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-production-'));
  const { code, output } = await attempt({
    DATA_DIR: dir,
    MODE: 'production',
    PUBLIC_URL: 'http://shop.example',
    STRIPE_SECRET_KEY: 'sk_test_x',
  });
  rmSync(dir, { recursive: true, force: true });
  expect(code).toBe(1);
  for (const name of [
    'MASTER_KEY is missing',
    'APP_SECRET is missing',
    'STRIPE_WEBHOOK_SECRET is missing',
    'SMTP_URL is missing',
    'PUBLIC_URL is plain HTTP',
    'STRIPE_SECRET_KEY is a test key',
  ]) {
    expect(output).toContain(name);
  }
});

test('a setting that is wrong is told by its name', async () => {
  const { code, output } = await attempt({ PORT: 'eighty' });
  expect(code).toBe(1);
  expect(output).toMatch(/^PORT: /m);
});

test('DATABASE_URL names an outside PostgreSQL: it is migrated, used, and left running', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-outside-'));
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  const outside = await startEmbeddedPostgres(dir, { listen_addresses: '127.0.0.1', port: String(port) });
  const url = `postgres://postgres:${outside.admin.password}@127.0.0.1:${port}/elsewhere`;
  const elsewhere = await startProduct({ DATABASE_URL: url });
  const member = await theMember(elsewhere);
  expect((await member.call<{ availableMicro: string }>('GET', '/api/wallet')).json.availableMicro).toBe(
    '50000000',
  );
  expect(existsSync(join(elsewhere.dataDir, 'postgres'))).toBe(false);
  await discard(elsewhere);
  await outside.stop('immediate');
  rmSync(dir, { recursive: true, force: true });
}, 90_000);
