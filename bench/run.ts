/** `npm run bench -- NAME`: runs bench/NAME.ts, prints its tables for people and `RESULT {json}` as the last line. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Bench {
  /** Prints as it goes; answers the figures of the last line. */
  bench(args: string[]): Promise<Record<string, unknown>>;
}

const [name, ...args] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (name === undefined || ['run', 'kit'].includes(name) || !existsSync(file)) {
  const known = readdirSync(import.meta.dirname)
    .filter((entry) => entry.endsWith('.ts') && !['run.ts', 'kit.ts'].includes(entry))
    .map((entry) => entry.slice(0, -3));
  console.error(`npm run bench -- NAME, where NAME is one of: ${known.join(', ')}`);
  process.exit(2);
}
const { bench } = (await import(file)) as Bench;
const result = await bench(args);
console.log(`RESULT ${JSON.stringify(result)}`);
process.exit(0);
