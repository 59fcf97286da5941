import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilitiesTable, type Ran } from '#server/providers/capabilities-table.ts';
import { providers } from '#server/providers/registry.ts';

/** Runs the contract tests of all adapters, and writes `docs/providers.md` from those that passed. */
interface Report {
  testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
}

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'mluen-capabilities-'));
const file = join(folder, 'report.json');
spawnSync('npx', ['vitest', 'run', 'server/providers', '--reporter=json', `--outputFile=${file}`], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
rmSync(folder, { recursive: true });
const passed: Ran[] = report.testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === 'passed')
  .map(({ ancestorTitles, title }) => ({ suite: ancestorTitles.at(-1) ?? '', title }));
writeFileSync(join(root, 'docs/providers.md'), capabilitiesTable(providers, passed));
