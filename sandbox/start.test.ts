import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { magicPhrases } from './kit/faults.ts';
import { startSandbox } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));

test('all simulators start together, on wished ports or free ones, and answer their control routes', async () => {
  const sandbox = await startSandbox();
  for (const [id, url] of Object.entries(sandbox.urls)) {
    expect((await fetch(`${url}/_control/tally`)).status, id).toBe(200);
  }
  const port = new URL(sandbox.urls.flux ?? '').port;
  await sandbox.close();
  const again = await startSandbox({ ports: { flux: Number(port) } });
  expect(new URL(again.urls.flux ?? '').port).toBe(port);
  await again.close();
});

test('when one port is taken, none is left running', async () => {
  const sandbox = await startSandbox();
  const port = Number(new URL(sandbox.urls.openai ?? '').port);
  await expect(startSandbox({ ports: { openai: port } })).rejects.toThrow('EADDRINUSE');
  await sandbox.close();
});

test('as a process of its own it writes where it is, and ends with its standard input when tied', async () => {
  const file = join(folder, 'urls.json');
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'start.ts'), '--ports-file', file, '--tied', '--data-dir', folder],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
  const urls = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  expect(urls.pid).toBe(String(child.pid));
  expect(
    (await fetch(`${urls.openai}/v1/models`, { headers: { authorization: 'Bearer sk-test' } })).status,
  ).toBe(200);
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the README names every simulator, and every phrase that can be typed', async () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const sandbox = await startSandbox();
  await sandbox.close();
  for (const id of Object.keys(sandbox.urls).filter((name) => !name.endsWith('-delivery')))
    expect(readme).toContain(`\`${id}\``);
  for (const { phrase } of magicPhrases) expect(readme).toContain(phrase);
});
