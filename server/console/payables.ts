import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { z } from 'zod';
import * as contract from '#contract/console-money.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { upstreamInvoicePaid } from '#server/ledger/flows/generation.ts';
import { accountOf, lockAccounts } from '#server/ledger/ledger.ts';
import { type Author, posting, refuseIdOfAnotherTime } from './money-desk.ts';

const SHOWN = 50;
const CURRENCY = 'USD';

/** What is owed to providers of models, and their invoices once they were paid. */
export function payableRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, contract.getPayables, guards.staff, (given) =>
    asOneOfStaff(pools, given, ['finance', 'auditor'], async (tx) => ({
      providers: await owedToProviders(tx),
      banks: await banksOf(tx),
      invoices: await invoicesOf(tx),
    })),
  );
  route(app, contract.payInvoice, guards.staff, ({ body, ...asked }) =>
    posting(pools, asked, async (tx, by) => {
      refuseIdOfAnotherTime(body.id);
      await refuseMoreThanAccrued(tx, body);
      if (!(await keepInvoice(tx, by, body)))
        throw new ProblemError('already-exists', {
          detail: 'This invoice of this provider was booked before. Nothing was booked again.',
        });
      const { id: invoiceId, provider, bank, invoicedMicro, accruedMicro } = body;
      await upstreamInvoicePaid(tx, {
        invoiceId,
        provider,
        bank,
        invoicedMicro,
        accruedMicro,
        currency: CURRENCY,
      });
      await recordAudit(tx, {
        action: 'money.pay-invoice',
        actorId: by.staffId,
        object: invoiceId,
        reason: body.reason,
        requestId: by.requestId,
      });
    }),
  );
}

type Invoice = z.output<typeof contract.payInvoice.body & {}>;

type Reader = Tx<'finance' | 'auditor'>;

async function owedToProviders(tx: Reader): Promise<{ provider: string; accruedMicro: bigint }[]> {
  const { rows } = await sql<{ provider: string; accruedMicro: bigint }>`
    select label as provider, sum(credits_posted - debits_posted)::bigint as accrued_micro from ledger.account
    where code = 2500 and currency = ${CURRENCY} group by label order by label limit 500`.execute(tx);
  return rows;
}

async function banksOf(tx: Reader): Promise<string[]> {
  const rows = await tx
    .selectFrom('ledger.account')
    .select('label')
    .distinct()
    .where('code', '=', 1200)
    .where('currency', '=', CURRENCY)
    .orderBy('label')
    .limit(500)
    .execute();
  return rows.map(({ label }) => label);
}

async function invoicesOf(tx: Reader) {
  const rows = await tx
    .selectFrom('ledger.providerInvoice')
    .select([
      'id',
      'provider',
      'number',
      'invoiced as invoicedMicro',
      'accrued as accruedMicro',
      'bank',
      'createdAt',
    ])
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute();
  return rows.map(({ createdAt, ...row }) => ({ ...row, paidAt: createdAt.toISOString() }));
}

/** What is owed stays as it is read here until the invoice is booked. */
async function refuseMoreThanAccrued(tx: Tx<'service'>, { provider, accruedMicro }: Invoice): Promise<void> {
  const known = await tx
    .selectFrom('ledger.account')
    .select('id')
    .where('code', '=', 2500)
    .where('label', '=', provider)
    .where('currency', '=', CURRENCY)
    .executeTakeFirst();
  if (known === undefined)
    throw new ProblemError('not-found', { detail: 'Nothing was ever owed to a provider of this name.' });
  const payable = await accountOf(tx, { code: 2500, label: provider, currency: CURRENCY });
  const locked = await lockAccounts(tx, [payable]);
  if (accruedMicro > locked.get(payable)!.postedMicro)
    throw new ProblemError('not-possible-now', {
      detail: 'Less than this had been accrued for the provider. Look at what is owed now.',
    });
}

/** False: this number of this provider, or this id, was booked before. */
async function keepInvoice(tx: Tx<'service'>, by: Author, invoice: Invoice): Promise<boolean> {
  const { id, provider, number, bank, reason } = invoice;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ledger.providerInvoice')
    .values({
      id,
      provider,
      number,
      bank,
      reason,
      currency: CURRENCY,
      invoiced: invoice.invoicedMicro,
      accrued: invoice.accruedMicro,
      paidBy: by.staffId,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
