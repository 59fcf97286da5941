/** `npm run catalogue:export [file]`: the shipped catalogue as one file. Without a name: docs/catalogue.json. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { catalogueFile } from '#server/catalogue/file.ts';

const file = process.argv[2] ?? join(import.meta.dirname, '../docs/catalogue.json');
writeFileSync(file, catalogueFile(shippedProviders));
