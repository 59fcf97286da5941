import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { aText, finished, start } from '#tests/support/generating.ts';
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
});
afterAll(() => discard(product));

interface Turn {
  id: string;
  parentId: string | null;
}

/** A text at a place of a conversation; answers the status, and the id. */
async function place(prompt: string, where: object | undefined, id = newId()) {
  const ask = { fileIds: [], ...aText(prompt) };
  const { json } = await member.call<{ quote: string }>('POST', '/api/quotes', ask);
  const { status } = await member.call('POST', '/api/generations', {
    id,
    quote: json.quote,
    ask,
    place: where,
  });
  if (status === 200) await finished(member, id);
  return { status, id };
}
const thread = async (of: string) =>
  (await member.call<{ items: Turn[] }>('GET', `/api/generations/${of}/thread`)).json.items;

test('answers are noted where they were put; a conversation without branches is its one answer', async () => {
  const { id: first } = await place('One', undefined);
  expect(await thread(first)).toEqual([{ id: first, parentId: null }]);
  const { id: second } = await place('Two', { after: first });
  const { id: beside } = await place('Two, otherwise', { beside: second });
  const { id: beginning } = await place('One, otherwise', { beside: first });
  const all = [
    { id: first, parentId: null },
    { id: second, parentId: first },
    { id: beside, parentId: first },
    { id: beginning, parentId: null },
  ];
  for (const { id } of all) expect(await thread(id)).toEqual(all);
  // A repeat stays where the first was.
  await place('Two, otherwise', { after: beginning }, beside);
  expect(await thread(first)).toEqual(all);
  // What is deleted is gone from the branches too; what followed stays.
  expect((await member.call('DELETE', `/api/generations/${second}`)).status).toBe(204);
  expect(await thread(first)).toEqual(all.filter(({ id }) => id !== second));
});

test('nothing is held for a place that is not there, is no text, or is another person’s', async () => {
  const before = (await member.call<{ items: unknown[] }>('GET', '/api/generations')).json.items.length;
  expect((await place('Nowhere', { after: newId() })).status).toBe(404);
  const staff = await theStaff(product);
  const id = await start(member, aText('Mine'));
  await finished(member, id);
  expect((await staff.call('GET', `/api/generations/${id}/thread`)).status).toBe(404);
  expect((await place('Both', { after: id, beside: id })).status).toBe(400);
  const after = (await member.call<{ items: unknown[] }>('GET', '/api/generations')).json.items.length;
  expect(after).toBe(before + 1);
});
