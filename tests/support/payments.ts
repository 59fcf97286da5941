import { expect, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { type JobRunner, startJobs } from '#server/jobs/jobs.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { createLog, type Log } from '#server/log.ts';
import { openChannels } from '#server/payments/channels/registry.ts';
import type { Payments } from '#server/payments/check.ts';
import { paymentsJobs } from '#server/payments/jobs.ts';
import { paymentsRoutes } from '#server/payments/routes.ts';
import { registerWithSimulator } from '#server/payments/stripe-settings.ts';
import { startStripe } from '../../sandbox/stripe/stripe.ts';
import { type TestApp, testApp } from './app.ts';
import { asSuperuser, type TestDatabase } from './database.ts';

export const WEBHOOK_SECRET = 'whsec_of_the_tests';

export interface PaymentWorld {
  app: TestApp;
  payments: Payments;
  /** The simulated processor's own address. */
  simulatorUrl: string;
  /** Tells the simulator what a bank, a person, or a fault does. */
  stripe(path: string, body: object): Promise<Record<string, unknown>>;
  /** Objects of this kind at the simulator. */
  objects(kind: string): Promise<Record<string, unknown>[]>;
  /** Asks for a top-up over HTTP. */
  topUp(member: string, dollars: number, id?: string): Promise<{ id: string; sessionId: string }>;
  available(member: string): Promise<bigint>;
  /** Lets the time pass that jobs wait for. */
  hurry(): Promise<void>;
  close(): Promise<void>;
}

/** Payments as in production: HTTP server, jobs, database, and Stripe's simulator that calls back. */
export async function paymentWorld(
  database: TestDatabase,
  log: Log = createLog('silent'),
): Promise<PaymentWorld> {
  const simulator = await startStripe();
  const settings = { secretKey: 'sk_test_sandbox', webhookSecrets: [WEBHOOK_SECRET], apiUrl: simulator.url };
  const channels = openChannels({ stripe: settings });
  const payments: Payments = {
    pools: database.pools,
    channels,
    publicUrl: 'http://127.0.0.1:9',
    log,
    operator: { name: 'Operator of the tests', address: 'Street 1', contact: null, representatives: [] },
  };
  const app = await testApp(log, (routes, guards) => paymentsRoutes(routes, payments, guards));
  const jobs: JobRunner = await startJobs(database.pools, [paymentsJobs(payments)], log);
  const stripe = async (path: string, body: object) => {
    const reply = await fetch(`${simulator.url}/_control/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const answer = (await reply.json()) as Record<string, unknown>;
    if (!reply.ok) throw new Error(String(answer.error));
    return answer;
  };
  await registerWithSimulator(settings, app.url);
  return {
    app,
    payments,
    simulatorUrl: simulator.url,
    stripe,
    async objects(kind) {
      const reply = await fetch(`${simulator.url}/_control/objects`);
      const { objects } = (await reply.json()) as { objects: Record<string, unknown>[] };
      return objects.filter(({ object }) => object === kind);
    },
    async topUp(member, dollars, id = newId()) {
      const { status, json } = await app.call(member, 'POST', '/api/top-ups', {
        id,
        amountMicro: String(dollars * 1_000_000),
      });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
      return { id, sessionId: /cs_\w+/.exec(json.checkoutUrl)![0] };
    },
    available: (member) =>
      asService(database.pools, async (tx) => (await balanceOf(tx, member)).availableMicro),
    hurry: () =>
      asSuperuser(database, async (client) => {
        await client.query('update jobs._private_jobs set run_at = now() where locked_at is null');
      }),
    async close() {
      await simulator.close(); // first: it must not call back while we stop
      await app.close();
      await jobs.stop();
      // A notice whose socket was just cut may still be on its way into the inbox.
      const { worker } = database.pools;
      await vi.waitFor(() => expect(worker.idleCount).toBe(worker.totalCount));
    },
  };
}
