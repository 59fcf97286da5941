import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { auditOf, walletOf } from '#tests/support/generating.ts';
import {
  discard,
  type Product,
  startProduct,
  theMember,
  theStaff,
  type Visitor,
} from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
beforeAll(async () => {
  product = await startProduct();
  member = await theMember(product);
}, 120_000);
afterAll(() => discard(product));

const PATIENCE = { timeout: 60_000, interval: 200 };
const control = async (path: string, body?: unknown) => {
  const reply = await fetch(`${product.simulators.stripe}/_control/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await reply.json()) as { objects: { object: string; status: string }[] };
};
const refundsThere = async () =>
  (await control('objects')).objects.filter(({ object }) => object === 'refund');
const refundsHere = async (topUpId: string) =>
  (
    await member.call<{ items: { id: string; state: string }[]; refundableMicro: string }>(
      'GET',
      `/api/top-ups/${topUpId}/refunds`,
    )
  ).json;

async function aPaidTopUp(): Promise<string> {
  const id = newId();
  const { json } = await member.call<{ checkoutUrl: string }>('POST', '/api/top-ups', {
    id,
    amountMicro: '20000000',
  });
  await control('pay', { session: /cs_\w+/.exec(json.checkoutUrl)![0] });
  await vi.waitFor(async () => {
    const { json: now } = await member.call<{ state: string }>('POST', `/api/top-ups/${id}/check`, {});
    expect(now.state).toBe('settled');
  }, PATIENCE);
  return id;
}

test.each(['before the processor has heard of it', 'as soon as the processor has done it'])(
  'a refund outlives a kill %s, and is paid once',
  async (when) => {
    const before = await refundsThere();
    const topUpId = await aPaidTopUp();
    const { available } = await walletOf(member);
    const early = when.startsWith('before');
    if (early)
      await control('faults', {
        match: { path: '/v1/refunds' },
        // Also for the questions about the payment itself, which may come at the same time.
        times: 100,
        fault: { silentAfterChunks: 0 },
      });
    const id = newId();
    const asking = member
      .call('POST', `/api/top-ups/${topUpId}/refunds`, { id, amountMicro: '7000000' })
      .catch(() => 'the connection broke');
    await vi.waitFor(async () => {
      if (early) expect((await refundsHere(topUpId)).items).toMatchObject([{ id, state: 'asked' }]);
      else expect(await refundsThere()).toHaveLength(before.length + 1);
    }, PATIENCE);
    await product.kill();
    await asking;
    await fetch(`${product.simulators.stripe}/_control/faults`, { method: 'DELETE' });
    product = await product.restart();
    member = await theMember(product);
    await vi.waitFor(
      async () =>
        expect(await refundsHere(topUpId)).toMatchObject({
          items: [{ id, state: 'succeeded' }],
          refundableMicro: '13000000',
        }),
      PATIENCE,
    );
    expect(await refundsThere()).toHaveLength(before.length + 1);
    expect((await walletOf(member)).available).toBe(available - 7_000_000n);
    expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
  },
  180_000,
);
