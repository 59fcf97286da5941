/** `npm run docs`: writes settings.md, problems.md, openapi.json and policy-coverage.md of docs/ from the code and its tests. A test compares them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocs } from '#tests/support/generated-docs.ts';

for (const [name, text] of Object.entries(await generatedDocs()))
  writeFileSync(join(import.meta.dirname, '../docs', name), text);
