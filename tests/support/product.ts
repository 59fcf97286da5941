import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseAddress } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import type { SandboxFile } from '#server/seed.ts';

/** The product as a person starts it: a process of its own, with its database and the sandbox. */
export interface Product extends SandboxFile {
  dataDir: string;
  /** What it printed so far. */
  output(): string;
  /** Pulls the plug: no chance to say goodbye. The database and the sandbox stay as they are. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<Product>;
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null>;
}

const START_MS = 60_000;

export async function startProduct(
  environment: Record<string, string> = {},
  dataDir = mkdtempSync(join(tmpdir(), 'mluen-product-')),
): Promise<Product> {
  const file = join(dataDir, 'sandbox.json');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  let output = '';
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  for (const until = Date.now() + START_MS; !output.includes('Mluen is ready'); await delay(50)) {
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`the product did not start (${before === '' ? 'first' : 'later'} start): ${output}`);
  }
  return {
    ...(JSON.parse(readFileSync(file, 'utf8')) as SandboxFile),
    dataDir,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    restart: () => startProduct(environment, dataDir),
    async stop() {
      if (child.exitCode !== null)
        throw new Error(`the product ended by itself with ${child.exitCode}: ${output}`);
      child.kill('SIGINT');
      const code = await Promise.race([ended, delay(20_000, 'late' as const)]);
      if (code === 'late') return endByForce(child, ended);
      return code;
    },
  };
}

async function endByForce(child: ChildProcess, ended: Promise<number | null>): Promise<number | null> {
  child.kill('SIGKILL');
  await ended;
  return null;
}

/** The database of a running product, for what only a thief or an auditor would see. */
export async function databaseOf(product: Product): Promise<{ address: DatabaseAddress }> {
  const { admin, host } = await startEmbeddedPostgres(join(product.dataDir, 'postgres'));
  return { address: { admin: { ...admin, database: 'mluen' }, base: { host, database: 'mluen' } } };
}

/** Stops it and removes its data. */
export async function discard(product: Product): Promise<void> {
  await product.stop();
  rmSync(product.dataDir, { recursive: true, force: true });
}

/** A person with a browser's cookie jar, without the browser. */
export interface Visitor {
  call<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: T; headers: Headers }>;
  raw(path: string, init?: RequestInit): Promise<Response>;
}

export function aVisitor(url: string): Visitor {
  const cookies = new Map<string, string>();
  const raw = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: {
        origin: url,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(init.headers as Record<string, string>),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
  return {
    raw,
    async call<T>(method: string, path: string, body?: unknown) {
      const answer = await raw(path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        json: (text === '' ? null : JSON.parse(text)) as T,
      };
    },
  };
}

/** The ready member of the sandbox, signed in. */
export async function theMember(product: Product): Promise<Visitor> {
  return signedIn(product, product.member);
}

export async function theStaff(product: Product): Promise<Visitor> {
  return signedIn(product, product.staff);
}

/** The product, started for a file of tests, with its member signed in. */
export async function startWithMember(
  environment: Record<string, string> = {},
): Promise<{ product: Product; member: Visitor }> {
  const product = await startProduct(environment);
  return { product, member: await theMember(product) };
}

async function signedIn(
  product: Product,
  { email, password }: { email: string; password: string },
): Promise<Visitor> {
  const visitor = aVisitor(product.url);
  const { status, json } = await visitor.call('POST', '/api/auth/sign-in/email', { email, password });
  if (status !== 200) throw new Error(`not signed in: ${status} ${JSON.stringify(json)}`);
  return visitor;
}
