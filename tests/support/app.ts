import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { zones } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { createGuards, type Guards } from '#server/http/guards.ts';
import { createHttpServer } from '#server/http/server.ts';
import type { Log } from '#server/log.ts';
import { currentDocuments, recordAcceptance } from '#server/privacy/acceptance.ts';
import type { TestDatabase } from './database.ts';

export interface TestApp {
  app: FastifyInstance;
  url: string;
  /** Calls as this member; answers status and JSON. */
  call(member: string | null, method: string, path: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their expectations what an answer holds
  json: any;
}

/**
 * A real HTTP server with a module's routes, where the header `x-test-member` signs a person in (`;stale` after it:
 * long ago; `;staff`: as staff with every role, `;finance`: with that one). The members' own sessions are proved in their tests and in the browser's journey.
 */
export async function testApp(
  log: Log,
  addRoutes: (app: FastifyInstance, guards: Guards) => void | Promise<void>,
): Promise<TestApp> {
  const app = createHttpServer({ https: false, formOrigins: [] }, log);
  const guards = createGuards({
    sessionOf: async (request) => {
      const [memberId, ...marks] = String(request.headers['x-test-member'] ?? '').split(';');
      if (memberId === undefined || memberId === '') return null;
      const all = zones.staff.roles;
      const staffRoles = marks.includes('staff') ? all : all.filter((role) => marks.includes(role));
      return {
        id: newId(),
        memberId,
        role: staffRoles.length > 0 ? 'staff' : 'member',
        staffRoles,
        emailVerified: !marks.includes('unverified'),
        provedAt: new Date(marks.includes('stale') ? 0 : Date.now()),
      };
    },
  });
  await addRoutes(app, guards);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    app,
    url,
    async call(member, method, path, body) {
      const reply = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(member === null ? {} : { 'x-test-member': member }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      return { status: reply.status, json: text === '' ? null : JSON.parse(text) };
    },
    close: () => app.close(),
  };
}

/** A person with an account, who has accepted terms and policy unless said otherwise. */
export async function aPerson(
  database: TestDatabase,
  person: { accepted?: boolean; email?: string; displayName?: string; country?: string; phone?: string } = {},
): Promise<string> {
  const id = newId();
  await asIdentity(database.pools, async (tx) => {
    await tx
      .insertInto('identity.member')
      .values({
        id,
        email: person.email ?? `${id}@example.org`,
        emailVerified: true,
        displayName: person.displayName ?? 'Ada',
        country: person.country ?? 'KE',
        phone: person.phone ?? null,
      })
      .execute();
    if (person.accepted !== false) await recordAcceptance(tx, id, currentDocuments(), 'sign-up');
  });
  return id;
}
