import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBodies } from '#server/artifacts/bodies.ts';
import { seal } from '#server/artifacts/seal.ts';
import { openStore } from '#server/artifacts/store.ts';
import { localKeyManagement, openVault } from '#server/artifacts/vault.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { startJobs } from '#server/jobs/jobs.ts';
import { createLog, type Log } from '#server/log.ts';
import { mailJobs } from '#server/mail/jobs.ts';
import { endCredentials, isPasswordOf } from '#server/members/leaving.ts';
import { type PersonalTable, tablesOf } from '#server/privacy/inventory.ts';
import { privacyJobs } from '#server/privacy/jobs.ts';
import type { Privacy } from '#server/privacy/parts.ts';
import { publishedPolicies } from '#server/privacy/policy.ts';
import { privacyRoutes } from '#server/privacy/routes.ts';
import { type Column, catalogueTables, sampleOf, type Table, takeOffRulesOfContent } from './access.ts';
import { type TestApp, testApp } from './app.ts';
import { asSuperuser, type TestDatabase } from './database.ts';
import { declaredInventory } from './inventory.ts';

export interface PrivacyWorld {
  app: TestApp;
  parts: Privacy;
  /** Where bodies and files lie. */
  dir: string;
  hurry(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Export and erasure as in production: HTTP server, jobs, database, sealed files in a folder. With `withoutRules` the
 * database takes any content, so that `plantEverywhere` can fill every table.
 */
export async function privacyWorld(
  database: TestDatabase,
  { log = createLog('silent'), withoutRules = false }: { log?: Log; withoutRules?: boolean } = {},
): Promise<PrivacyWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-privacy-'));
  const kms = localKeyManagement(Buffer.alloc(32, 7));
  const bodies = openBodies(join(dir, 'bodies'));
  const parts: Privacy = {
    pools: database.pools,
    log,
    inventory: await declaredInventory(),
    policies: publishedPolicies,
    operator: {
      name: 'Operator of the tests',
      address: 'Street 1',
      contact: 'privacy@example.org',
      representatives: [],
    },
    publicUrl: 'http://127.0.0.1:9',
    graceDays: 14,
    vault: await openVault(database.pools, kms),
    kms,
    bodies,
    store: openStore(join(dir, 'files')),
    members: {
      isPasswordOf: (memberId, password) => isPasswordOf(database.pools, memberId, password),
      endCredentials,
    },
  };
  const app = await testApp(log, (routes, guards) => privacyRoutes(routes, parts, guards));
  const mail = mailJobs({
    pools: database.pools,
    settings: { smtpUrl: undefined, from: 'Mluen <no-reply@localhost>', forgetText: false },
    log,
  });
  // Before the jobs: taking them off needs locks that working jobs hold.
  if (withoutRules) await asSuperuser(database, takeOffRulesOfContent);
  const jobs = await startJobs(database.pools, [privacyJobs(parts), mail], log);
  return {
    app,
    parts,
    dir,
    hurry: () =>
      asSuperuser(database, async (client) => {
        await client.query(
          `update jobs._private_jobs j set run_at = now() from jobs._private_tasks t
           where t.id = j.task_id and t.identifier = 'privacy.erase' and j.locked_at is null`,
        );
      }),
    async close() {
      await jobs.stop();
      await app.close();
      await bodies.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Made by the erasure itself, or not by a person: no markers there. */
const LEFT_OUT = new Set([
  'privacy.erasure',
  'privacy.erasure_step',
  'privacy.certificate',
  'privacy.export',
  'vault.member_key',
]);

export interface Planted {
  person: string;
  /** Markers by the column they stand in, as `schema.table.column`. */
  markers: Map<string, string>;
}

/**
 * A person of whom every table of the inventory holds a row, with a marker in every column that holds text, sealed
 * ones included, and in a stored file. By the catalogue: a new table is planted without anyone thinking of it.
 */
export async function plantEverywhere(database: TestDatabase, { parts }: PrivacyWorld): Promise<Planted> {
  const person = newId();
  const markers = new Map<string, string>();
  await asService(database.pools, (tx) => parts.vault.createKey(tx, person));
  const inventory = tablesOf(parts.inventory).filter(({ table }) => !LEFT_OUT.has(table));
  const persons = new Map(inventory.map(({ table, person: column }) => [table, column]));
  await asSuperuser(database, async (client) => {
    for (const table of await catalogueTables(client, persons)) {
      const declared = inventory.find((one) => one.table === table.name);
      if (declared === undefined) continue;
      const id = newId();
      const columns = table.columns.filter(({ generated }) => !generated);
      const values: string[] = [];
      for (const column of columns)
        values.push(await valueOfColumn(parts, table, declared, column, { person, id, markers }));
      const names = columns.map(({ name }) => `"${name}"`).join(', ');
      await client.query(`insert into ${table.name} (${names}) values (${values.join(', ')})`);
      if (table.name !== 'artifacts.file') continue;
      const content = [Buffer.from(FILE_MARKER.repeat(5000))];
      const { bytes } = await parts.store.put(await parts.vault.keyOf(person), id, content);
      await client.query('update artifacts.file set bytes = $1 where id = $2', [bytes, id]);
    }
  });
  return { person, markers };
}

async function valueOfColumn(
  parts: Privacy,
  table: Table,
  declared: PersonalTable,
  { name, type, generated }: Column,
  { person, id, markers }: { person: string; id: string; markers: Map<string, string> },
): Promise<string> {
  const column = `${table.name}.${name}`;
  const sealed = declared.entries.find(({ columns }) => columns.includes(name))?.sealed;
  const marker = `canary.${column}.${person.slice(-6)}`.replaceAll('_', '-');
  if (name === table.person) return `'${person}'`;
  if (name === 'id' && type === 'uuid') return `'${id}'`;
  if (sealed === undefined && type !== 'text' && type !== 'jsonb')
    return sampleOf(table, { name, type, generated }, person);
  markers.set(column, marker);
  if (sealed === undefined)
    return type === 'text' ? `'${marker}@example.org'` : `'[{"provider":"${marker}"}]'`; // fit for an address
  const key = await parts.vault.keyOf(person);
  const place = { column, memberId: person, rowId: id };
  if (sealed === 'value') return `'\\x${seal(key, place, marker).toString('hex')}'`;
  const [address] = await parts.bodies.append([seal(key, place, JSON.stringify({ prompt: marker }))]);
  return `'${address}'`;
}

export const FILE_MARKER = 'canary inside a stored file; ';
