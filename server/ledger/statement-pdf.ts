import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { createElement as h } from 'react';
import type { Statement, StatementLine } from './statement.ts';
import { unitsOf } from './statement-files.ts';

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

const INK = '#1a1a1a';
const QUIET = '#5c5c5c';
const styles = StyleSheet.create({
  page: {
    paddingTop: 40,
    paddingBottom: 56,
    paddingHorizontal: 40,
    fontSize: 9,
    fontFamily: 'Helvetica',
    color: INK,
  },
  brand: { fontSize: 9, color: QUIET, marginBottom: 14 },
  title: { fontSize: 18, fontFamily: 'Helvetica-Bold', marginBottom: 4 },
  note: { color: QUIET, marginBottom: 2 },
  sums: {
    flexDirection: 'row',
    marginTop: 18,
    marginBottom: 18,
    borderTopWidth: 1,
    borderBottomWidth: 1,
    borderColor: '#c8c8c8',
  },
  sum: { flex: 1, paddingVertical: 8 },
  sumName: { color: QUIET, marginBottom: 3 },
  sumValue: { fontSize: 12, fontFamily: 'Helvetica-Bold' },
  head: { flexDirection: 'row', borderBottomWidth: 1, paddingVertical: 4, color: QUIET },
  row: { flexDirection: 'row', borderBottomWidth: 0.5, borderBottomColor: '#d4d4d4', paddingVertical: 3.5 },
  total: { flexDirection: 'row', paddingVertical: 6, fontFamily: 'Helvetica-Bold' },
  time: { width: '21%' },
  what: { width: '31%' },
  reference: { width: '14%', color: QUIET },
  money: { width: '17%', textAlign: 'right' },
  foot: {
    position: 'absolute',
    bottom: 24,
    left: 40,
    right: 40,
    flexDirection: 'row',
    justifyContent: 'space-between',
    color: QUIET,
    fontSize: 8,
  },
});

/** For people: what changed the balance. What was only held and freed again stands in the CSV and JSON. */
export function statementPdf(statement: Statement): Promise<Buffer> {
  const shown = statement.lines.filter((line) => line.changeMicro !== '0');
  const decimals = decimalsOf(statement, shown);
  return renderToBuffer(
    h(
      Document,
      { title: 'Statement of your wallet', language: 'en', producer: 'Mluen', creator: 'Mluen' },
      h(
        Page,
        { size: 'A4', style: styles.page },
        h(Text, { style: styles.brand }, 'Mluen'),
        h(Text, { style: styles.title }, 'Statement of your wallet'),
        h(
          Text,
          { style: styles.note },
          `${dayOf(statement.from)} to ${lastDayOf(statement.to)}. All times are UTC.`,
        ),
        h(Text, { style: styles.note }, `Member ${statement.memberId}`),
        h(Text, { style: styles.note }, `Made on ${dayOf(statement.madeAt)} at ${timeOf(statement.madeAt)}`),
        ...archivedNote(statement),
        sumsOf(statement, shown, decimals),
        tableHead(statement.currency),
        balanceRow('Opening balance', statement.openingMicro, decimals),
        ...shown.map((line, n) => lineOf(line, n, decimals)),
        balanceRow('Closing balance', statement.closingMicro, decimals),
        foot(statement),
      ),
    ),
  );
}

/** As many as the finest sum needs, so that columns can be read downwards. */
function decimalsOf(statement: Statement, shown: StatementLine[]): number {
  const all = [
    statement.openingMicro,
    statement.closingMicro,
    ...shown.flatMap((line) => [line.changeMicro, line.balanceMicro]),
  ];
  return Math.max(...all.map((micro) => unitsOf(micro).split('.')[1]!.length));
}

/** Grouped and with a set number of decimals: `1,234.50`. */
function moneyText(micro: string | bigint, decimals: number): string {
  const [whole, part] = unitsOf(micro.toString()).split('.') as [string, string];
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part.padEnd(decimals, '0')}`;
}

function archivedNote({ archivedUntil }: Statement) {
  if (archivedUntil === null) return [];
  const text = `What came up to ${dayOf(archivedUntil)} lies in our archive; ask us for it. This statement begins after it.`;
  return [h(Text, { style: styles.note, key: 'archived' }, text)];
}

function sumsOf(statement: Statement, shown: StatementLine[], decimals: number) {
  const changes = shown.map((line) => BigInt(line.changeMicro));
  const sum = (some: bigint[]) => some.reduce((total, change) => total + change, 0n);
  const cells: [string, string | bigint][] = [
    ['Opening balance', statement.openingMicro],
    ['Came in', sum(changes.filter((change) => change > 0n))],
    ['Went out', sum(changes.filter((change) => change < 0n))],
    ['Closing balance', statement.closingMicro],
  ];
  return h(
    View,
    { style: styles.sums, wrap: false },
    ...cells.map(([name, micro]) =>
      h(
        View,
        { style: styles.sum, key: name },
        h(Text, { style: styles.sumName }, name),
        h(Text, { style: styles.sumValue }, `${moneyText(micro, decimals)} ${statement.currency}`),
      ),
    ),
  );
}

/** On each page. */
function tableHead(currency: string) {
  return h(
    View,
    { style: styles.head, fixed: true },
    h(Text, { style: styles.time }, 'Time'),
    h(Text, { style: styles.what }, 'What'),
    h(Text, { style: styles.reference }, 'Reference'),
    h(Text, { style: styles.money }, `Change, ${currency}`),
    h(Text, { style: styles.money }, `Balance, ${currency}`),
  );
}

function balanceRow(name: string, micro: string, decimals: number) {
  return h(
    View,
    { style: styles.total, wrap: false },
    h(Text, { style: styles.time }, ''),
    h(Text, { style: styles.what }, name),
    h(Text, { style: styles.reference }, ''),
    h(Text, { style: styles.money }, ''),
    h(Text, { style: styles.money }, moneyText(micro, decimals)),
  );
}

function lineOf(line: StatementLine, n: number, decimals: number) {
  return h(
    View,
    { style: styles.row, key: n, wrap: false },
    h(Text, { style: styles.time }, `${dayOf(line.at)} ${timeOf(line.at)}`),
    h(Text, { style: styles.what }, LINES[line.code] ?? line.code),
    // The end of an id is what tells two of one day apart.
    h(Text, { style: styles.reference }, line.reference.slice(-12)),
    h(Text, { style: styles.money }, moneyText(line.changeMicro, decimals)),
    h(Text, { style: styles.money }, moneyText(line.balanceMicro, decimals)),
  );
}

function foot(statement: Statement) {
  const seal = statement.seals.at(-1)?.number;
  return h(
    View,
    { style: styles.foot, fixed: true },
    h(
      Text,
      null,
      seal === undefined
        ? 'The JSON file of this period carries our signature.'
        : `Sealed up to seal ${seal}. The JSON file of this period carries the proofs and our signature.`,
    ),
    h(Text, {
      render: ({ pageNumber, totalPages }: { pageNumber: number; totalPages: number }) =>
        `Page ${pageNumber} of ${totalPages}`,
    }),
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayOf(instant: string): string {
  const [year, month, day] = instant.slice(0, 10).split('-') as [string, string, string];
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

const lastDayOf = (before: string) => dayOf(new Date(Date.parse(before) - 1).toISOString());
const timeOf = (instant: string) => instant.slice(11, 19);
