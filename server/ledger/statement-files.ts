import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { createElement as h } from 'react';
import type { SigningKey } from './signing.ts';
import { canonicalText, type Statement, type StatementLine } from './statement.ts';

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

const LINES: Record<string, string> = {
  top_up: 'Top-up',
  top_up_reversed: 'Top-up reversed',
  receipt_matched: 'Top-up',
  advance: 'Top-up in advance',
  capture: 'Generation',
  late_capture: 'Generation, came after its release',
  goodwill: 'Generation refunded',
  refund: 'Refund to card',
  refund_failed: 'Refund returned',
  dispute_lost: 'Dispute',
  debt_repaid: 'Debt repaid',
  promotion: 'Promotion',
  promotion_expired: 'Promotion ended',
  adjustment: 'Adjustment',
  exchange: 'Exchange',
};

const styles = StyleSheet.create({
  page: { padding: 40, fontSize: 9, fontFamily: 'Helvetica' },
  title: { fontSize: 16, marginBottom: 6 },
  note: { color: '#555', marginBottom: 2 },
  row: { flexDirection: 'row', borderBottomWidth: 0.5, borderBottomColor: '#ccc', paddingVertical: 3 },
  head: { flexDirection: 'row', borderBottomWidth: 1, paddingVertical: 4, marginTop: 10 },
  time: { width: '24%' },
  what: { width: '34%' },
  money: { width: '21%', textAlign: 'right' },
  foot: { position: 'absolute', bottom: 20, left: 40, right: 40, color: '#777', textAlign: 'center' },
});

/** For people: what changed the balance. What was only held and freed again stands in the CSV and JSON. */
export function statementPdf(statement: Statement): Promise<Buffer> {
  const { currency } = statement;
  const shown = statement.lines.filter((line) => line.changeMicro !== '0');
  const total = (label: string, micro: string) =>
    h(
      View,
      { style: styles.head, wrap: false },
      h(Text, { style: styles.time }, ''),
      h(Text, { style: styles.what }, label),
      h(Text, { style: styles.money }, ''),
      h(Text, { style: styles.money }, `${unitsOf(micro)} ${currency}`),
    );
  const document = h(
    Document,
    { title: 'Statement', language: 'en', producer: 'Mluen', creator: 'Mluen' },
    h(
      Page,
      { size: 'A4', style: styles.page },
      h(Text, { style: styles.title }, 'Statement of your wallet'),
      h(Text, { style: styles.note }, `${day(statement.from)} to before ${day(statement.to)}, times in UTC`),
      h(Text, { style: styles.note }, `Member ${statement.memberId}`),
      h(Text, { style: styles.note }, `Made ${statement.madeAt}`),
      ...(statement.archivedUntil === null
        ? []
        : [
            h(
              Text,
              { style: styles.note },
              `What came up to ${day(statement.archivedUntil)} lies in our archive. Ask us for it; this statement begins after it.`,
            ),
          ]),
      total('Opening balance', statement.openingMicro),
      ...shown.map((line, n) => lineOf(line, n)),
      total('Closing balance', statement.closingMicro),
      h(Text, {
        style: styles.foot,
        fixed: true,
        render: ({ pageNumber, totalPages }) => `${pageNumber} / ${totalPages}`,
      }),
    ),
  );
  return renderToBuffer(document);
}

function lineOf(line: StatementLine, n: number) {
  return h(
    View,
    { style: styles.row, key: n, wrap: false },
    h(Text, { style: styles.time }, line.at.slice(0, 19).replace('T', ' ')),
    h(Text, { style: styles.what }, LINES[line.code] ?? line.code),
    h(Text, { style: styles.money }, unitsOf(line.changeMicro)),
    h(Text, { style: styles.money }, unitsOf(line.balanceMicro)),
  );
}

const day = (instant: string) => instant.slice(0, 10);
