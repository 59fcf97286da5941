import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forbiddenImports, importsOf, targetOf } from './support/import-rules.ts';

const root = join(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const sources = tracked.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('every folder imports only what it may know', () => {
  const faults = sources.flatMap((file) =>
    forbiddenImports(file, read(file)).map((target) => `${file} imports ${target}`),
  );
  expect(faults).toEqual([]);
});

test.each([
  ['sandbox/openai/openai.ts', "import { newId } from '#server/database/ids.ts';"],
  ['contract/money.ts', "import { asService } from '#server/database/transaction.ts';"],
  ['server/providers/flux/flux.ts', "import { walletOf } from '#server/ledger/ledger.ts';"],
  ['server/ledger/ledger.ts', "import { start } from '../generations/generations.ts';"],
  ['web/studio/main.tsx', "const server = await import('#server/main.ts');"],
])('a planted violation in %s is found', (file, line) => {
  expect(forbiddenImports(file, `${line}\n`)).toHaveLength(1);
});

test('a file is read in one sitting: at most 400 lines, and only tables and data have more', () => {
  const long = sources.filter(
    (file) => !/tables\.ts$|\/data\//.test(file) && read(file).split('\n').length > 400,
  );
  expect(long).toEqual([]);
});

test('nothing is left over: no dead file under server/, no note to do later', () => {
  const reached = new Set(
    sources.flatMap((file) => importsOf(read(file)).map((specifier) => targetOf(file, specifier))),
  );
  // Programs and what is found by its place.
  const entries = /^server\/(main|audit-ledger|ledger\/check-statement)\.ts$|personal-data\.ts$/;
  const dead = sources.filter(
    (file) =>
      file.startsWith('server/') && !file.endsWith('.test.ts') && !entries.test(file) && !reached.has(file),
  );
  expect(dead).toEqual([]);
  const marks = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);
  expect(sources.filter((file) => marks.test(read(file)))).toEqual([]);
});

test('the environment is read in config.ts alone, and the server has no way out but egress', () => {
  const server = sources.filter(
    (file) => file.startsWith('server/') && !/\.test\.ts$|\/contract-/.test(file),
  );
  expect(server.filter((file) => file !== 'server/config.ts' && /process\.env/.test(read(file)))).toEqual([]);
  const undici = server.filter((file) => importsOf(read(file)).includes('undici'));
  expect(undici).toEqual(['server/egress/egress.ts']);
  // Talking to the simulators at the start is no dispatch; Google's identity is asked by its own module.
  const fetching = server.filter(
    (file) =>
      /\bfetch\(/.test(read(file)) &&
      !/^server\/(main|simulators|members\/google|payments\/stripe-settings)\.ts$/.test(file),
  );
  expect(fetching).toEqual([]);
});

test('the lock file names no download host, and no file a folder of somebody’s machine', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
  const here = join(root, '..');
  const leaks =
    here === '/'
      ? []
      : tracked.filter(
          (file) =>
            /\.(ts|tsx|md|json|sql|css|html)$/.test(file) &&
            file !== 'package-lock.json' &&
            read(file).includes(`${here}/`),
        );
  expect(leaks).toEqual([]);
});
