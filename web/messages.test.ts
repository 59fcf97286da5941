import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('every sentence of the web is in its catalogue: run `npm run messages` after changing one', async () => {
  const lingui = new URL('../node_modules/.bin/lingui', import.meta.url).pathname;
  const checked = promisify(execFile)(lingui, ['check', 'sync'], { cwd: import.meta.dirname });
  await expect(checked).resolves.toMatchObject({ stdout: expect.stringMatching(/Done/) });
});
