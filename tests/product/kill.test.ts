import { afterAll, beforeAll, expect, test } from 'vitest';
import { anImage, aText, auditOf, finished, start, until, walletOf } from '#tests/support/generating.ts';
import {
  discard,
  type Product,
  startWithMember,
  theMember,
  theStaff,
  type Visitor,
} from '#tests/support/product.ts';

let product: Product;
let member: Visitor;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
});
afterAll(() => discard(product));

test('killed while pictures are made and text streams: after the restart the job completes, the text is released, no cent is lost', async () => {
  const before = await walletOf(member);
  await fetch(`${product.simulators.flux}/_control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      match: { promptIncludes: 'patience' },
      times: 1,
      fault: { kind: 'latency', ms: 1 },
    }),
  });
  const image = await start(member, anImage('[sandbox:slow] A picture that needs patience'));
  const text = await start(member, aText('[sandbox:slow] A text that is cut by a kill'));
  await until(member, image, ({ state }) => state === 'running');
  await until(member, text, (seen) => (seen.text ?? '') !== '');
  await product.kill();

  product = await product.restart();
  member = await theMember(product);
  const made = await finished(member, image);
  expect(made).toMatchObject({ state: 'settled', countedBy: 'provider' });
  expect(made.outputs).toHaveLength(1);
  const broken = await finished(member, text);
  expect(broken).toMatchObject({ state: 'released', chargedMicro: '0', ending: { why: 'interrupted' } });
  const after = await walletOf(member);
  expect(after.held).toBe(0n);
  expect(before.available - after.available).toBe(BigInt(made.chargedMicro));
  expect(await auditOf(await theStaff(product))).toEqual({ ok: true, findings: [] });
}, 120_000);

test('stopped in order and started again, everything is still there', async () => {
  const before = await walletOf(member);
  expect(await product.stop()).toBe(0);
  product = await product.restart();
  member = await theMember(product);
  expect(await walletOf(member)).toEqual(before);
});
