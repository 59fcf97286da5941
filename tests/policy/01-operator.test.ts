import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { aPrivatePerson, type PrivatePerson } from '#tests/support/a-private-person.ts';
import { asSuperuser } from '#tests/support/database.ts';
import { aText, run } from '#tests/support/generating.ts';
import {
  aVisitor,
  databaseOf,
  discard,
  type Product,
  startProduct,
  theStaff,
  type Visitor,
} from '#tests/support/product.ts';
import { everyFile, everyRow } from '#tests/support/search.ts';
import { unzipped } from '#tests/support/zip.ts';

/** As an operator would write them, each to be found again. */
const operator = {
  OPERATOR_NAME: 'Heron & Sons Ltd',
  OPERATOR_ADDRESS: '12 Estuary Road, Mombasa',
  OPERATOR_CONTACT: 'privacy@heron.example',
  OPERATOR_EU_REPRESENTATIVE: 'Reiher GmbH, Am Fluss 3, Hamburg',
  OPERATOR_UK_REPRESENTATIVE: 'Heron UK Ltd, 4 Quay Street, Bristol',
};

let product: Product;
let person: PrivatePerson;
beforeAll(async () => {
  product = await startProduct({ ...operator, TRUST_PROXY: '127.0.0.1' });
  person = await aPrivatePerson(product, 25);
}, 90_000);
afterAll(() => discard(product));

interface Policy {
  version: string;
  operator: {
    name: string;
    address: string;
    contact: string;
    representatives: { place: string; who: string }[];
  };
}

/** Packs and downloads what is held about the person. */
async function exported({ visitor }: PrivatePerson): Promise<Map<string, Buffer>> {
  const { json } = await visitor.call<{ id: string }>('POST', '/api/privacy/exports', {});
  const file = await vi.waitFor(
    async () => {
      const answer = await visitor.raw(`/api/privacy/exports/${json.id}/file`);
      if (answer.status !== 200) throw new Error(`not ready: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    { timeout: 30_000, interval: 200 },
  );
  return unzipped(file);
}

async function receiptOf(visitor: Visitor, to: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const { json } = await visitor.call<{ items: { to: string; subject: string; text: string }[] }>(
        'GET',
        '/api/console/outbox',
      );
      const receipt = json.items.find((mail) => mail.to === to && mail.subject.startsWith('Receipt'));
      if (receipt === undefined) throw new Error('no receipt yet');
      return receipt.text;
    },
    { timeout: 20_000, interval: 200 },
  );
}

test('1.1 who operates stands in the policy, in receipts and in exports, from the settings', async () => {
  const { operator: shown } = (await person.visitor.call<Policy>('GET', '/api/policies/privacy')).json;
  expect(shown).toEqual({
    name: operator.OPERATOR_NAME,
    address: operator.OPERATOR_ADDRESS,
    contact: operator.OPERATOR_CONTACT,
    representatives: [
      { place: 'European Union', who: operator.OPERATOR_EU_REPRESENTATIVE },
      { place: 'United Kingdom', who: operator.OPERATOR_UK_REPRESENTATIVE },
    ],
  });
  const receipt = await receiptOf(await theStaff(product), person.marks.address!);
  expect(receipt).toContain(operator.OPERATOR_NAME);
  expect(receipt).toContain(operator.OPERATOR_ADDRESS);
  const entries = await exported(person);
  const about = entries.get('about.html')!.toString().replaceAll('&#38;', '&');
  for (const said of Object.values(operator)) expect(about).toContain(said);
  expect(JSON.parse(entries.get('manifest.json')!.toString()).operator).toEqual(shown);
  const system = (await person.visitor.call<{ operator: string }>('GET', '/api/system')).json;
  expect(system.operator).toBe(operator.OPERATOR_NAME);
});

test('3.8 who has not accepted the terms in force can sign in, read, export and leave, and not generate or add money', async () => {
  const me = person.marks.id!;
  const before = await run(person.visitor, aText('While the terms are accepted'));
  await asSuperuser(await databaseOf(product), (client) =>
    client.query(`delete from privacy.acceptance where user_id = $1 and document = 'terms'`, [me]),
  );
  const ask = { fileIds: [], ...aText('And now?') };
  const { json: quoted } = await person.visitor.call<{ quote: string }>('POST', '/api/quotes', ask);
  const begun = await person.visitor.call<{ type: string }>('POST', '/api/generations', {
    id: newId(),
    quote: quoted.quote,
    ask,
  });
  expect([begun.status, begun.json.type]).toEqual([403, '/problems/acceptance-required']);
  const byKey = () =>
    fetch(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.apiKey}` },
      body: JSON.stringify({ model: 'openai/gpt-6-luna', messages: [{ role: 'user', content: 'And now?' }] }),
    });
  expect((await byKey()).status).toBe(403);
  const topUp = await person.visitor.call('POST', '/api/top-ups', { id: newId(), amountMicro: '5000000' });
  expect(topUp.status).toBe(403);

  const again = await aVisitor(product.url).call('POST', '/api/auth/sign-in/email', {
    email: person.marks.address,
    password: person.password,
  });
  expect(again.status).toBe(200);
  const { status, json } = await person.visitor.call<{ text: string }>(
    'GET',
    `/api/generations/${before.id}`,
  );
  expect([status, json.text]).toEqual([200, before.text]);
  expect((await person.visitor.call('GET', '/api/privacy/erasure')).status).toBe(200);
  expect((await person.visitor.call('GET', '/api/privacy/exports')).status).toBe(200);

  const { version } = (await person.visitor.call<Policy>('GET', '/api/policies/terms')).json;
  const accepted = await person.visitor.call('POST', '/api/me/acceptances', {
    documents: [{ document: 'terms', version }],
  });
  expect(accepted.status).toBe(200);
  expect((await byKey()).status).toBe(200);
});

test('8.3 a receipt outlives the account by the country’s term, with its amount and without a name, and goes after it', async () => {
  const database = await databaseOf(product);
  const me = person.marks.id!;
  const marks = Object.entries(person.marks).filter(([what]) =>
    ['address', 'name', 'phone', 'ip'].includes(what),
  );
  const where = async () => {
    const found = [...(await everyRow(database)), ...everyFile(product.dataDir)];
    return marks.filter(([, mark]) => found.some(({ text }) => text.includes(mark))).map(([what]) => what);
  };
  expect(await where()).toEqual(marks.map(([what]) => what));

  const { json: preview } = await person.visitor.call<{ kept: { what: string; until: string }[] }>(
    'GET',
    '/api/privacy/erasure',
  );
  // Kenya asks for seven years from the end of the financial year.
  const until = `${new Date().getUTCFullYear() + 7}-12-31`;
  expect(preview.kept.find(({ what }) => what.includes('books'))?.until).toBe(until);
  const asked = await person.visitor.call('POST', '/api/privacy/erasure', { confirm: 'erase', now: true });
  expect(asked.status).toBe(200);
  await vi.waitFor(
    async () => {
      const state = await asSuperuser(database, async (client) => {
        await client.query('update jobs._private_jobs set run_at = now() where locked_at is null');
        const { rows } = await client.query(
          'select state, keep_until::text as until from privacy.erasure where user_id = $1',
          [me],
        );
        return rows[0];
      });
      expect(state).toMatchObject({ state: 'erased', until: expect.stringContaining(until) });
    },
    { timeout: 30_000, interval: 300 },
  );
  expect(await where()).toEqual([]);
  const kept = () =>
    asSuperuser(database, async (client) => {
      const { rows } = await client.query(
        `select t.amount_micro::text as asked, m.amount_micro::text as received, m.currency
         from payments.top_up t join payments.money_in m on m.user_id = t.user_id and m.top_up_id = t.id
         where t.user_id = $1`,
        [me],
      );
      return rows;
    });
  expect(await kept()).toEqual([{ asked: '25000000', received: '25000000', currency: 'USD' }]);
  // As if it had been long ago; the schedule looks each night.
  const lookYearsLater = (years: number) =>
    asSuperuser(database, async (client) => {
      await client.query(
        `update privacy.erasure set erased_at = asked_at - make_interval(years => $2::int),
           keep_until = date_trunc('year', asked_at) + make_interval(years => 8 - $2::int, days => -1)
         where user_id = $1`,
        [me, years],
      );
      await client.query(
        `select mluen.add_job('privacy.end-terms', '{}'::json, 'a look of the test', now())`,
      );
    });
  const looked = () =>
    vi.waitFor(
      () =>
        asSuperuser(database, async (client) => {
          const { rows } = await client.query(
            `select 1 from jobs._private_jobs where key = 'a look of the test'`,
          );
          expect(rows).toEqual([]);
        }),
      { timeout: 20_000, interval: 200 },
    );
  await lookYearsLater(7);
  await looked();
  expect(await kept()).toHaveLength(1);
  await lookYearsLater(8);
  await looked();
  expect(await kept()).toEqual([]);
}, 60_000);
