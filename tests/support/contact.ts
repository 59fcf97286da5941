import { afterAll, beforeAll } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { startJobs } from '#server/jobs/jobs.ts';
import { openWallet } from '#server/ledger/ledger.ts';
import { createLog, type Log } from '#server/log.ts';
import { supportConsoleRoutes } from '#server/support/console-routes.ts';
import { supportJobs } from '#server/support/jobs.ts';
import type { Support } from '#server/support/parts.ts';
import { contactRoutes } from '#server/support/routes.ts';
import { type Answer, aPerson, type TestApp, testApp } from './app.ts';
import { asSuperuser, type TestDatabase, testDatabase } from './database.ts';
import { type PrivacyWorld, privacyWorld } from './privacy.ts';

interface ContactWorld {
  parts: Support;
  privacy: PrivacyWorld;
  /** Another server with limits of its own, on the same database. */
  another(): Promise<TestApp>;
  app: TestApp;
  close(): Promise<void>;
}

/** Contact page, desk and jobs as in production, with export and erasure beside them. */
async function contactWorld(database: TestDatabase, log: Log = createLog('silent')): Promise<ContactWorld> {
  const privacy = await privacyWorld(database, { log });
  const { pools, vault, store, publicUrl } = privacy.parts;
  const parts: Support = {
    pools,
    log,
    vault,
    store,
    publicUrl,
    secret: 'a secret of the contact tests, long enough',
    operatorContact: 'privacy@example.org',
    privacy: privacy.parts,
    payments: { pools, channels: [], publicUrl, log, operator: privacy.parts.operator },
  };
  const apps: TestApp[] = [];
  const another = async () => {
    const app = await testApp(log, (routes, guards) => {
      contactRoutes(routes, parts, guards, {
        contact: 'mailto:security@example.org',
        policy: 'https://example.org/security',
        publicUrl: 'https://mluen.example',
      });
      supportConsoleRoutes(routes, parts, guards);
    });
    apps.push(app);
    return app;
  };
  const app = await another();
  const jobs = await startJobs(pools, [supportJobs(parts)], log);
  return {
    parts,
    privacy,
    another,
    app,
    async close() {
      await jobs.stop();
      for (const one of apps) await one.close();
      await privacy.close();
    },
  };
}

/** The newest mail of a kind to an address; null when there is none. */
export async function mailOf(
  database: TestDatabase,
  to: string,
  kind: string,
): Promise<{ subject: string; text: string } | null> {
  const row = await asService(database.pools, (tx) =>
    tx
      .selectFrom('mail.outbox')
      .select(['subject', 'bodyText'])
      .where('recipient', '=', to)
      .where('kind', '=', kind)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );
  return row === undefined ? null : { subject: row.subject, text: row.bodyText ?? '' };
}

/** Id and key of the conversation whose link was mailed to the address. */
export async function mailedLink(
  database: TestDatabase,
  to: string,
  kind = 'contact',
): Promise<{ id: string; key: string }> {
  const mail = await mailOf(database, to, kind);
  const [, id, key] = /\/contact\/([0-9a-f-]{36})#([\w-]+)/.exec(mail?.text ?? '') ?? [];
  if (id === undefined || key === undefined) throw new Error(`no link was mailed to ${to}`);
  return { id, key };
}

/** One of the staff with the role support, as `x-test-member` signs in. */
interface Staffed extends ContactWorld {
  staffId: string;
  supporter: string;
}

const desk = '/api/console/support/tickets';
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The contact page and the desk for a test file, with the ways in which its tests speak to them. */
export function contactStage() {
  const database = testDatabase();
  let staffed: Staffed | undefined;
  beforeAll(async () => {
    const world = await contactWorld(database());
    const staffId = await aPerson(database(), { displayName: 'Sam of support' });
    await asSuperuser(database(), (client) =>
      client.query(`update identity.member set role = 'staff', staff_roles = '{support}' where id = $1`, [
        staffId,
      ]),
    );
    staffed = { ...world, staffId, supporter: `${staffId};support` };
  });
  afterAll(async () => {
    await staffed?.close();
  });
  const world = (): Staffed => {
    if (staffed === undefined) throw new Error('the contact page is there only inside tests');
    return staffed;
  };
  let addresses = 0;
  return {
    database,
    world,
    desk,
    /** A picture of one pixel, in base64. */
    png,
    anAddress: () => `visitor${++addresses}@example.org`,
    async aMember(country = 'KE') {
      const id = await aPerson(database(), { country });
      await asService(database().pools, async (tx) => {
        await world().parts.vault.createKey(tx, id);
        await openWallet(tx, id);
      });
      return id;
    },
    write: (who: string | null, body: object, app = world().app): Promise<Answer> =>
      app.call(who, 'POST', '/api/contact', { topic: 'question', text: 'How does this work?', ...body }),
    read: async (id: string, reason = 'to answer it') =>
      (await world().app.call(world().supporter, 'POST', `${desk}/${id}/read`, { reason })).json,
    queue: async (query = '') => (await world().app.call(world().supporter, 'GET', `${desk}${query}`)).json,
    act: (id: string, what: string, body: object = {}, who = world().supporter, method = 'POST') =>
      world().app.call(who, method, `${desk}/${id}/${what}`, body),
    byLink: (link: object, what = '', body: object = {}) =>
      world().app.call(null, 'POST', `/api/contact/thread${what}`, { ...link, ...body }),
  };
}
