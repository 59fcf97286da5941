import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPrivatePerson, type PrivatePerson, topUpByCard } from '#tests/support/a-private-person.ts';
import { aText, run } from '#tests/support/generating.ts';
import { discard, type Product, startProduct, theStaff } from '#tests/support/product.ts';

let product: Product;
let person: PrivatePerson;
beforeAll(async () => {
  product = await startProduct({ TRUST_PROXY: '127.0.0.1', OPERATOR_NAME: 'Heron & Sons Ltd' });
  person = await aPrivatePerson(product, 5);
}, 90_000);
afterAll(() => discard(product));

interface Statement {
  openingMicro: string;
  closingMicro: string;
  lines: { kind: string; reference: string; changeMicro: string; balanceMicro: string }[];
}

async function statement(): Promise<Statement> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const [from, to] = [day(Date.now() - 86_400_000), day(Date.now() + 86_400_000)];
  const answer = await person.visitor.raw(`/api/wallet/statement?from=${from}&to=${to}&format=json`);
  const { statement: signed } = (await answer.json()) as { statement: Statement };
  return signed;
}

test('3.10 however many payments come at once, each has one receipt, and the statement lists each once', async () => {
  const dollars = [7, 8, 9, 10, 11, 12, 13, 14];
  const paid = await Promise.all(dollars.map((sum) => topUpByCard(product, person.visitor, sum)));
  const generation = await run(person.visitor, aText('What is owed?'));
  const staff = await theStaff(product);
  const receiptsOf = async () => {
    const { json } = await staff.call<{ items: { to: string; subject: string; text: string }[] }>(
      'GET',
      '/api/console/outbox',
    );
    return json.items.filter(
      ({ to, subject }) => to === person.marks.address && subject.startsWith('Receipt'),
    );
  };
  await expect.poll(async () => (await receiptsOf()).length, { timeout: 20_000 }).toBe(1 + dollars.length);
  const receipts = await receiptsOf();
  for (const [at, id] of paid.entries()) {
    const own = receipts.filter(({ text }) => text.includes(id));
    expect(own).toHaveLength(1);
    expect(own[0]!.text).toContain(`${dollars[at]}.00 USD`);
    expect(own[0]!.text).toContain('Paid to: Heron & Sons Ltd');
  }
  const { lines, openingMicro, closingMicro } = await statement();
  for (const [at, id] of paid.entries())
    expect(lines.filter(({ reference }) => reference === id).map(({ changeMicro }) => changeMicro)).toEqual([
      String(dollars[at]! * 1_000_000),
    ]);
  expect(lines.filter(({ reference }) => reference === generation.id).length).toBeGreaterThan(0);
  const sum = lines.reduce((total, { changeMicro }) => total + BigInt(changeMicro), BigInt(openingMicro));
  expect(sum).toBe(BigInt(closingMicro));
  expect(sum).toBe(
    BigInt(5 + dollars.reduce((a, b) => a + b)) * 1_000_000n - BigInt(generation.chargedMicro),
  );
});
