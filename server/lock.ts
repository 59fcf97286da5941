import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

/** One process of ours a data folder: a second one would stop the database under the first. Throws `ConfigError` that says which runs. */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'mluen.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid !== process.pid && isOurs(pid))
      throw new ConfigError(
        `Mluen is running already on ${dataDir} (process ${pid}). Stop it, or set another DATA_DIR.`,
      );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isOurs(pid: number): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('scripts/start.ts') || command.includes('server/main.ts');
  } catch {
    return false;
  }
}
