import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type PaymentWorld, paymentWorld, WEBHOOK_SECRET } from '#tests/support/payments.ts';

const database = testDatabase();
let world: PaymentWorld;
beforeAll(async () => {
  world = await paymentWorld(database());
});
afterAll(() => world.close());

test('a notice that is forged, stale, of the future, unsigned or altered is refused and not kept', async () => {
  const eventKey = `evt_${newId()}`;
  const payload = JSON.stringify({ id: eventKey, object: 'event', type: 'payment_intent.succeeded' });
  const stamp = Math.floor(Date.now() / 1000);
  const signed = (over: { timestamp?: number; secret?: string }) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET, timestamp: stamp, ...over });
  const attempts: Record<string, string>[] = [
    { 'stripe-signature': signed({ secret: 'whsec_of_someone_else' }) },
    { 'stripe-signature': signed({ timestamp: stamp - 600 }) },
    { 'stripe-signature': signed({ timestamp: stamp + 600 }) },
    { 'stripe-signature': 't=,v1=' },
    {},
  ];
  for (const headers of attempts) expect(await sendNotice(payload, headers)).toBe(400);
  expect(await sendNotice(`${payload} `, { 'stripe-signature': signed({}) })).toBe(400);
  const kept = await asService(database().pools, (tx) =>
    tx.selectFrom('payments.webhookInbox').select('id').where('eventKey', '=', eventKey).execute(),
  );
  expect(kept).toEqual([]);
});

test('a notice of the other mode, or of something else, is kept and left', async () => {
  const member = await aPerson(database());
  const { id } = await world.topUp(member, 20);
  for (const [type, livemode] of [
    ['payment_intent.succeeded', true],
    ['customer.created', false],
  ] as const) {
    const payload = JSON.stringify({
      id: `evt_${newId()}`,
      object: 'event',
      type,
      livemode,
      data: { object: { id: 'pi_1', object: 'payment_intent', metadata: { top_up: id } } },
    });
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
    expect(await sendNotice(payload, { 'stripe-signature': header })).toBe(200);
  }
  const kept = await asService(database().pools, (tx) =>
    tx.selectFrom('payments.webhookInbox').select(['kind', 'state']).where('topUpId', '=', id).execute(),
  );
  expect(kept.map(({ state }) => state)).toEqual(['ignored', 'ignored']);
});

async function sendNotice(body: string, headers: Record<string, string>): Promise<number> {
  const reply = await fetch(`${world.app.url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return reply.status;
}
