import { existsSync } from 'node:fs';

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
  const found = INSTALLED.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
