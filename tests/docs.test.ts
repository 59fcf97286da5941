import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocs } from './support/generated-docs.ts';

test('settings, problems, the OpenAPI document and the tests of the policy in docs/ are what the code says (npm run docs writes them)', async () => {
  for (const [name, text] of Object.entries(await generatedDocs())) {
    expect(readFileSync(join(import.meta.dirname, '../docs', name), 'utf8'), name).toBe(text);
  }
});
