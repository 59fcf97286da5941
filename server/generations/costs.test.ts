import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { upstreamInvoicePaid } from '#server/ledger/flows/generation.ts';
import { accountOf } from '#server/ledger/ledger.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { accrueCosts } from './costs.ts';

const database = testDatabase();

const generation = (providerId: string, costMicro: bigint, finishedAt: Date, state = 'settled') =>
  asService(database().pools, (tx) =>
    tx
      .insertInto('generations.generation')
      .values({
        userId: newId(),
        id: newId(finishedAt.getTime()),
        source: 'api',
        modelId: `${providerId}/model`,
        kind: 'text',
        providerId,
        routeId: providerId,
        priceVersion: '1',
        state,
        heldMicro: usd('1'),
        costMicro,
        requestHash: Buffer.alloc(16),
        finishedAt,
      })
      .execute(),
  );

const posted = (code: 2500 | 4400, label: string) =>
  asService(database().pools, async (tx) => {
    const id = await accountOf(tx, { code, label });
    const { debitsPosted, creditsPosted } = await tx
      .selectFrom('ledger.account')
      .select(['debitsPosted', 'creditsPosted'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return debitsPosted - creditsPosted;
  });

test('what generations cost is accrued by provider and day, once, also where nobody was charged; the invoice settles it', async () => {
  const { pools } = database();
  const now = new Date('2026-11-24T00:35:00Z');
  const yesterday = new Date('2026-11-23T18:00:00Z');
  await generation('openai', usd('2'), yesterday);
  await generation('openai', usd('0.5'), yesterday, 'released');
  await generation('flux', usd('0.2'), new Date('2026-11-20T10:00:00Z'));
  // Of today, and too long ago: not booked by this round.
  await generation('openai', usd('9'), now);
  await generation('openai', usd('9'), new Date('2026-11-01T10:00:00Z'));
  await accrueCosts(pools, now);
  await accrueCosts(pools, now);
  expect(await posted(2500, 'openai')).toBe(-usd('2.5'));
  expect(await posted(4400, 'openai')).toBe(usd('2.5'));
  expect(await posted(4400, 'flux')).toBe(usd('0.2'));
  // A day that was booked stays as it was booked.
  await generation('openai', usd('1'), yesterday);
  await accrueCosts(pools, now);
  expect(await posted(2500, 'openai')).toBe(-usd('2.5'));
  await asService(pools, (tx) =>
    upstreamInvoicePaid(tx, {
      invoiceId: newId(),
      provider: 'openai',
      bank: 'main',
      invoicedMicro: usd('3.5'),
      accruedMicro: usd('2.5'),
    }),
  );
  expect(await posted(2500, 'openai')).toBe(0n);
  expect(await posted(4400, 'openai')).toBe(usd('3.5'));
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
});
