import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginPassword } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { currentDocuments, recordAcceptance } from '#server/privacy/acceptance.ts';
import { testDatabase } from '#tests/support/database.ts';

const database = testDatabase();
const me = newId();
const victim = newId();
let client: pg.Client;

/** Someone who can write any SQL as the application's own login for members. */
beforeAll(async () => {
  await asService(database().pools, async (tx) => {
    for (const member of [me, victim]) await recordAcceptance(tx, member, currentDocuments(), 'sign-up');
  });
  client = new pg.Client({
    ...database().address.base,
    user: 'web_login',
    password: loginPassword(database().secret, 'web_login'),
  });
  await client.connect();
});
afterAll(() => client.end());

const asMe = () =>
  `set local role member; set local mluen.user_id = '${me}'; set local mluen.proof = '${database().pools.proofOf(me)}'`;

/** What the statement answers after the preamble; in a transaction of its own. */
async function tried(preamble: string, statement: string): Promise<unknown> {
  await client.query('begin');
  try {
    await client.query(preamble);
    return (await client.query(statement)).rows;
  } finally {
    await client.query('rollback');
  }
}

const everyone = 'select distinct user_id from privacy.acceptance';

test('10.4 the honest way shows the own rows and no others', async () => {
  expect(await tried(asMe(), everyone)).toEqual([{ user_id: me }]);
});

test('10.4 the login itself has no rights, and the member’s role none without a person', async () => {
  await expect(tried('select 1', everyone)).rejects.toThrow(/permission denied/);
  await expect(tried('set local role member', everyone)).rejects.toThrow(/mluen\.user_id/);
});

test('10.4 naming another person needs a proof that only the application can make', async () => {
  const other = `set local mluen.user_id = '${victim}'`;
  await expect(tried(`set local role member; ${other}`, everyone)).rejects.toThrow(/proof/);
  await expect(tried(`${asMe()}; ${other}`, everyone)).rejects.toThrow(/without its proof/);
  await expect(
    tried(`${asMe()}; select set_config('mluen.user_id', '${victim}', true)`, everyone),
  ).rejects.toThrow(/without its proof/);
});

test('10.4 no trick of roles leads out', async () => {
  const tricks = [
    'set local role service',
    'set local role identity',
    'set local role mluen_owner',
    'set session authorization worker_login',
    'set session authorization postgres',
    `${asMe()}; set local role auditor`,
    `${asMe()}; reset role; set local role support`,
  ];
  for (const trick of tricks) await expect(tried(trick, everyone)).rejects.toThrow(/permission denied/);
  await expect(tried(`${asMe()}; reset role`, everyone)).rejects.toThrow(/permission denied/);
  await expect(tried(`${asMe()}; set local row_security = off`, everyone)).rejects.toThrow(
    /row-level security/,
  );
});

test('10.4 the secret of the proofs, and other sessions’ statements, are out of reach', async () => {
  await expect(tried(asMe(), 'select secret from mluen.proof_secret')).rejects.toThrow(/permission denied/);
  const { rows } = await client.query(
    `select query from pg_stat_activity where usename = 'web_login' and pid <> pg_backend_pid() and query <> ''`,
  );
  expect(rows).toEqual([]);
});

test('10.4 changing, adding or removing rows of another person fails by hand too', async () => {
  const add = `insert into privacy.acceptance (user_id, document, version, form) values ('${victim}', 'terms', 'x', 'banner')`;
  await expect(tried(asMe(), add)).rejects.toThrow(/row-level security/);
  const change = `update privacy.acceptance set version = 'x' where user_id = '${victim}'`;
  await expect(tried(asMe(), change)).rejects.toThrow(/permission denied/);
  const remove = `delete from privacy.acceptance where user_id = '${victim}'`;
  await expect(tried(asMe(), remove)).rejects.toThrow(/permission denied/);
});

test('10.4 no job and no audit entry can be made in the name of another', async () => {
  const job = `select mluen.add_job('privacy.close', '{"memberId":"${victim}"}'::json)`;
  await expect(tried(asMe(), job)).rejects.toThrow(/permission denied/);
  const entry = (actor: string, subject: string) =>
    `select audit.record('${newId()}', '${actor}', 'member.test', '${subject}', null, null, null, null)`;
  await expect(tried(asMe(), entry(victim, victim))).rejects.toThrow(/in the name of another/);
  await expect(tried(asMe(), entry(me, victim))).rejects.toThrow(/in the name of another/);
  expect(await tried(asMe(), entry(me, me))).toHaveLength(1);
});

test('10.4 making functions, tables or temporary objects to run as someone else is refused', async () => {
  await expect(tried('select 1', 'create table public.mine (a int)')).rejects.toThrow(/permission denied/);
  await expect(
    tried('select 1', 'create function privacy.mine() returns int language sql as $$ select 1 $$'),
  ).rejects.toThrow(/permission denied/);
});
