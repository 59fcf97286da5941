import { expect, test, vi } from 'vitest';
import { createLog } from '#server/log.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { paymentWorld } from '#tests/support/payments.ts';
import { cardNumbersIn, everyRow } from '#tests/support/search.ts';

const database = testDatabase();

const cards = ['4242424242424242', '5555555555554444', '378282246310005'];

test('2.3 after card payments no card number is in any column, mail, job or log line', async () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const world = await paymentWorld(database(), log);
  for (const card of cards) {
    const member = await aPerson(database());
    const { id, sessionId } = await world.topUp(member, 20);
    await world.stripe('pay', { session: sessionId, card });
    await vi.waitFor(
      async () => {
        const { json } = await world.app.call(member, 'GET', `/api/top-ups/${id}`);
        expect(json).toMatchObject({ state: 'settled', card: { last4: card.slice(-4) } });
      },
      { timeout: 10_000 },
    );
  }
  await world.close();
  const rows = await everyRow(database());
  log.flush();
  expect(rows.some(({ where }) => where === 'payments.top_up')).toBe(true);
  expect(lines.length).toBeGreaterThan(cards.length);
  const leaks = [...rows, ...lines.map((text) => ({ where: 'log', text }))]
    .filter(
      ({ text }) => cards.some((card) => text.includes(card)) || cardNumbersIn(withoutIds(text)).length > 0,
    )
    .map(({ where, text }) => `${where}: ${cardNumbersIn(withoutIds(text)).join(', ')}`);
  expect(leaks).toEqual([]);
});

/** Ids, hashes and account numbers of the ledger hold long runs of digits that mean nothing. */
function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '')
    .replace(/\\\\x[0-9a-f]*/g, '')
    .replace(/\b(?:cs_test|pi|evt|pool|whsec|req)_\w+/g, '')
    .replace(/"(?:id|debit_account|credit_account|hash)": ?"?\w+"?/g, '');
}

test('2.3 the search does find a card number, in groups and inside words', () => {
  expect(cardNumbersIn('paid with 4242 4242 4242 4242.')).toEqual(['4242424242424242']);
  expect(cardNumbersIn('{"note":"3782-822463-10005"}')).toEqual(['378282246310005']);
  expect(cardNumbersIn('order 4242424242424241')).toEqual([]);
});
