/** `npm test`: builds the web, runs every test, and ends with one line «N passed, N failed». */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from './start.ts';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
}

const root = join(import.meta.dirname, '..');
buildWeb();
const dir = mkdtempSync(join(tmpdir(), 'mluen-report-'));
const file = join(dir, 'report.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const run = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
const report = readReport();
rmSync(dir, { recursive: true, force: true });
const failed =
  report.numFailedTests === 0 && run.status !== 0
    ? Math.max(1, report.numFailedTestSuites)
    : report.numFailedTests;
console.log(
  `${report.numPassedTests} passed, ${failed} failed${report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : ''}`,
);
process.exit(failed > 0 || report.numPassedTests === 0 ? 1 : 0);

function readReport(): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numFailedTestSuites: 1 };
  }
}
