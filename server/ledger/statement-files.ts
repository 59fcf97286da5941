import type { SigningKey } from './signing.ts';
import { canonicalText, type Statement } from './statement.ts';

/** The statement with its signature: `check-statement.ts` proves it without a connection. */
export interface SignedStatement {
  statement: Statement;
  publicKey: string;
  signature: string;
}

export function statementJson(statement: Statement, key: SigningKey): string {
  const signed: SignedStatement = {
    statement,
    publicKey: key.publicKey,
    signature: key.sign(canonicalText(statement)),
  };
  return `${JSON.stringify(signed, null, 1)}\n`;
}

/** For spreadsheets. No cell holds what a person wrote, so none can be a formula. */
export function statementCsv(statement: Statement): string {
  const rows = statement.lines.map((line) =>
    [
      line.at,
      line.code,
      line.kind,
      line.reference,
      unitsOf(line.amountMicro),
      unitsOf(line.changeMicro),
      unitsOf(line.balanceMicro),
    ].join(','),
  );
  return `time,what,kind,reference,amount ${statement.currency},change ${statement.currency},balance ${statement.currency}\r\n${rows.map((row) => `${row}\r\n`).join('')}`;
}

/** Micro-units as units, exactly: at least two decimals, at most six. */
export function unitsOf(micro: string): string {
  const negative = micro.startsWith('-');
  const digits = micro.replace('-', '').padStart(7, '0');
  const part = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${negative ? '-' : ''}${digits.slice(0, -6)}.${part}`;
}
