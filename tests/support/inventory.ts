import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CatalogueColumn, type Inventory, inventoryOf } from '#server/privacy/inventory.ts';
import type { PersonalData, WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';
import { asSuperuser, type TestDatabase } from './database.ts';

interface Declaration {
  personalData?: PersonalData[];
  withoutPersonalData?: WithoutPersonalData[];
}

/** What the modules' personal-data.ts files say, found by their place: a module cannot be forgotten in a list. */
export async function declaredInventory(): Promise<Inventory> {
  const server = join(import.meta.dirname, '../../server');
  const files = readdirSync(server)
    .map((name) => join(server, name, 'personal-data.ts'))
    .filter((file) => existsSync(file));
  return inventoryOf(await Promise.all(files.map((file) => import(file) as Promise<Declaration>)));
}

/** Every column of every table, from the catalogue; partitions are their parent's. */
export async function catalogueColumns(database: TestDatabase): Promise<CatalogueColumn[]> {
  return asSuperuser(database, async (client) => {
    const { rows } = await client.query<CatalogueColumn>(`
      select n.nspname || '.' || c.relname as "table", a.attname as "column"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p', 'm', 'f') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
      order by 1, a.attnum`);
    return rows;
  });
}
