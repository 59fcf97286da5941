import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from './config.ts';

/** The simulators of the outside world, by id. They run in a process of their own, as the real ones do. */
export interface Simulators {
  urls: Record<string, string>;
  stop(): Promise<void>;
}

const START_MS = 20_000;

/**
 * Starts the sandbox beside us, or adopts the one that a killed process left running: its jobs must outlive us, as a
 * real provider's would. Without sandbox mode there is none.
 */
export async function startSimulators(config: Config): Promise<Simulators> {
  if (config.mode !== 'sandbox') return { urls: {}, stop: async () => undefined };
  if (config.SANDBOX_URLS !== undefined)
    return { urls: JSON.parse(config.SANDBOX_URLS) as Record<string, string>, stop: async () => undefined };
  const file = join(config.dataDir, 'simulators.json');
  const left = await adopt(file);
  if (left !== null) return left;
  rmSync(file, { force: true });
  const log = openSync(join(config.dataDir, 'simulators.log'), 'a');
  const program = join(import.meta.dirname, '../sandbox/start.ts');
  const child = spawn(
    process.execPath,
    [program, '--ports-file', file, '--data-dir', join(config.dataDir, 'simulators')],
    { detached: true, stdio: ['ignore', log, log] },
  );
  child.unref();
  for (const until = Date.now() + START_MS; !existsSync(file); await delay(30)) {
    if (Date.now() > until || child.exitCode !== null)
      throw new Error(`The sandbox did not start; see ${join(config.dataDir, 'simulators.log')}.`);
  }
  return { urls: read(file), stop: () => stop(child.pid!, file) };
}

async function adopt(file: string): Promise<Simulators | null> {
  if (!existsSync(file)) return null;
  const urls = read(file);
  const pid = Number(urls.pid);
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sandbox/start.ts')) return null;
  } catch {
    return null; // gone, or no longer ours
  }
  return { urls, stop: () => stop(pid, file) };
}

async function stop(pid: number, file: string): Promise<void> {
  rmSync(file, { force: true });
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // it has ended by itself
  }
}

function read(file: string): Record<string, string> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}
