/** `npm start`: builds the web when its sources have changed, then starts the server. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What the built web follows from: names, sizes and times of its sources. */
function stateOfSources(): string {
  const hash = createHash('sha256');
  for (const folder of ['web', 'contract', 'package-lock.json']) {
    for (const file of filesOf(join(root, folder))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file.slice(root.length)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function buildWeb(): void {
  const mark = join(root, 'dist/built-from');
  const state = stateOfSources();
  if (
    existsSync(mark) &&
    existsSync(join(root, 'dist/web/index.html')) &&
    readFileSync(mark, 'utf8') === state
  )
    return;
  console.log('Building the web …');
  const built = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '-c', 'web/vite.config.ts', '--logLevel', 'error'],
    { cwd: root, stdio: 'inherit' },
  );
  if (built.status !== 0) process.exit(1);
  writeFileSync(mark, stateOfSources());
}

if (process.argv[1] === import.meta.filename) {
  buildWeb();
  await import('#server/main.ts');
}
