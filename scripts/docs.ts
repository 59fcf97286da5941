/** `npm run docs`: writes docs/settings.md, docs/problems.md and docs/openapi.json from the code. A test compares them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocs } from '#tests/support/generated-docs.ts';

for (const [name, text] of Object.entries(await generatedDocs()))
  writeFileSync(join(import.meta.dirname, '../docs', name), text);
