import type { FastifyInstance } from 'fastify';
import { STATEMENT_PATH, StatementQuery } from '#contract/wallet.ts';
import type { Pools } from '#server/database/connections.ts';
import { asMember } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { SigningKey } from '#server/ledger/signing.ts';
import { STATEMENT_LINES_MAX, type Statement, statementOf } from '#server/ledger/statement.ts';
import { statementCsv, statementJson } from '#server/ledger/statement-files.ts';
import { statementPdf } from '#server/ledger/statement-pdf.ts';

const types = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;

/** A member downloads the statement of any period. */
export function statementRoutes(
  app: FastifyInstance,
  { pools, key }: { pools: Pools; key: SigningKey },
  guards: Guards,
): void {
  app.get(STATEMENT_PATH, async (request, reply) => {
    const { memberId } = await guards.member(request);
    const asked = StatementQuery.safeParse(request.query);
    if (!asked.success || asked.data.from >= asked.data.to)
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'query', message: 'Two days, the earlier one first, and pdf, csv or json.' }],
      });
    const { from, to, format } = asked.data;
    const statement = await asMember(pools, memberId, (tx) =>
      statementOf(tx, { memberId, from: new Date(from), to: new Date(to) }),
    );
    if (statement === null)
      throw new ProblemError('invalid-input', {
        errors: [
          {
            path: 'query',
            message: `More than ${STATEMENT_LINES_MAX} transfers: ask for a shorter period.`,
          },
        ],
      });
    return reply
      .header('content-disposition', `attachment; filename="statement-${from}-to-${to}.${format}"`)
      .header('cache-control', 'no-store')
      .type(types[format])
      .send(await fileOf(statement, format, key));
  });
}

function fileOf(statement: Statement, format: keyof typeof types, key: SigningKey): Promise<Buffer> | string {
  switch (format) {
    case 'pdf':
      return statementPdf(statement);
    case 'csv':
      return statementCsv(statement);
    case 'json':
      return statementJson(statement, key);
    default:
      return format satisfies never;
  }
}
