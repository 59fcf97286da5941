import type { PersonalData, WithoutPersonalData } from './personal-data-kinds.ts';

/** Everything about persons, from all modules: what the trust page, the export and the erasure work by. */
export interface Inventory {
  personal: readonly PersonalData[];
  without: readonly WithoutPersonalData[];
}

/**
 * The lists of the modules as one. Throws when a column is declared twice, a table is in both lists, or a legitimate
 * interest comes without its objection.
 */
export function inventoryOf(
  modules: readonly {
    personalData?: readonly PersonalData[];
    withoutPersonalData?: readonly WithoutPersonalData[];
  }[],
): Inventory {
  const personal = modules.flatMap((module) => module.personalData ?? []);
  const without = modules.flatMap((module) => module.withoutPersonalData ?? []);
  for (const { table, columns, basis, objection } of personal)
    if ((basis === 'legitimate') !== (objection !== undefined))
      throw new Error(
        `${table} (${columns.join(', ')}): what is done for a legitimate interest, and nothing else, names what one may object to`,
      );
  const seen = new Set<string>();
  for (const name of [
    ...personal.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`)),
    ...without.map(({ table }) => table),
  ]) {
    if (seen.has(name)) throw new Error(`${name} is classified twice`);
    seen.add(name);
  }
  for (const { table } of personal)
    if (seen.has(table))
      throw new Error(`${table} is listed as without personal data and has columns of persons`);
  return { personal, without };
}

export interface CatalogueColumn {
  table: string;
  column: string;
}

/**
 * What the inventory and the database's catalogue do not agree on, as sentences: columns that nobody classified
 * (clause 2.7), and entries for columns that are not there. Empty when complete.
 */
export function gapsOf(inventory: Inventory, catalogue: readonly CatalogueColumn[]): string[] {
  const without = new Set(inventory.without.map(({ table }) => table));
  const classified = new Set(
    inventory.personal.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`)),
  );
  const present = new Set(catalogue.flatMap(({ table, column }) => [table, `${table}.${column}`]));
  return [
    ...catalogue
      .filter(({ table, column }) => !without.has(table) && !classified.has(`${table}.${column}`))
      .map(({ table, column }) => `${table}.${column} is not classified`),
    ...[...classified, ...without]
      .filter((name) => !present.has(name))
      .map((name) => `${name} is classified and does not exist`),
  ];
}

/** One table as the export and the erasure see it. */
export interface PersonalTable {
  table: string;
  person: string;
  entries: readonly PersonalData[];
}

/** The inventory by table, in the order of declaration. Throws when entries of a table name different persons. */
export function tablesOf(inventory: Inventory): PersonalTable[] {
  const byTable = Map.groupBy(inventory.personal, ({ table }) => table);
  return [...byTable].map(([table, entries]) => {
    const persons = new Set(entries.map(({ person }) => person ?? 'user_id'));
    if (persons.size > 1) throw new Error(`${table} names its person by ${[...persons].join(' and ')}`);
    return { table, person: [...persons][0]!, entries };
  });
}

/** What is done for a legitimate interest, by the id that an objection names (clause 9.6). */
export function objectionable({ personal }: Inventory): Map<string, { purpose: string; columns: string[] }> {
  const found = new Map<string, { purpose: string; columns: string[] }>();
  for (const { table, columns, purpose, objection } of personal) {
    if (objection === undefined) continue;
    const one = found.get(objection) ?? { purpose, columns: [] };
    one.columns.push(...columns.map((column) => `${table}.${column}`));
    found.set(objection, one);
  }
  return found;
}
