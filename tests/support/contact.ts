import { asService } from '#server/database/transaction.ts';
import { startJobs } from '#server/jobs/jobs.ts';
import { createLog, type Log } from '#server/log.ts';
import { supportConsoleRoutes } from '#server/support/console-routes.ts';
import { supportJobs } from '#server/support/jobs.ts';
import type { Support } from '#server/support/parts.ts';
import { contactRoutes } from '#server/support/routes.ts';
import { type TestApp, testApp } from './app.ts';
import type { TestDatabase } from './database.ts';
import { type PrivacyWorld, privacyWorld } from './privacy.ts';

export interface ContactWorld {
  parts: Support;
  privacy: PrivacyWorld;
  /** Another server with limits of its own, on the same database. */
  another(): Promise<TestApp>;
  app: TestApp;
  close(): Promise<void>;
}

/** Contact page, desk and jobs as in production, with export and erasure beside them. */
export async function contactWorld(
  database: TestDatabase,
  log: Log = createLog('silent'),
): Promise<ContactWorld> {
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
