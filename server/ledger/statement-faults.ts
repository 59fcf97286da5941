import { z } from 'zod';
import { leafHash, rootFrom } from './merkle.ts';
import { sealHash } from './seal.ts';
import { isSigned } from './signing.ts';
import { canonicalText, type Statement, type StatementLine, type StatementSeal } from './statement.ts';

const Signed = z.object({
  statement: z.custom<Statement>(
    (value) => typeof value === 'object' && value !== null && 'lines' in value && 'seals' in value,
  ),
  publicKey: z.string(),
  signature: z.string(),
});

/**
 * What does not fit in a statement's JSON, as sentences: the signature, the sums, what each line says of its row, each
 * row's way to the root of its seal, and each seal's hash.
 */
export function faultsOf(json: string, publicKey?: string): string[] {
  let signed: z.infer<typeof Signed>;
  try {
    signed = Signed.parse(JSON.parse(json));
  } catch {
    return ['This is not the JSON of a statement.'];
  }
  const { statement, signature } = signed;
  const faults: string[] = [];
  if (!signatureFits(statement, signature, publicKey ?? signed.publicKey))
    faults.push('The signature does not fit: the file was changed, or someone else made it.');
  faults.push(...sumFaults(statement));
  const seals = new Map(statement.seals.map((seal) => [seal.number, seal]));
  for (const seal of statement.seals)
    if (!sealFits(seal)) faults.push(`Seal ${seal.number} does not have the hash that it names.`);
  for (const line of statement.lines) faults.push(...lineFaults(line, statement, seals));
  return faults;
}

function signatureFits(statement: Statement, signature: string, publicKey: string): boolean {
  try {
    return isSigned(canonicalText(statement), signature, publicKey);
  } catch {
    return false; // not a key, or not a signature
  }
}

function sumFaults(statement: Statement): string[] {
  let balance = BigInt(statement.openingMicro);
  for (const line of statement.lines) {
    balance += BigInt(line.changeMicro);
    if (balance.toString() !== line.balanceMicro)
      return [`The balance after ${line.at} is not the one before and the change.`];
  }
  return balance.toString() === statement.closingMicro
    ? []
    : ['The closing balance is not the sum of the lines.'];
}

function sealFits(seal: StatementSeal): boolean {
  const hash = sealHash({
    number: BigInt(seal.number),
    firstSeq: BigInt(seal.firstSeq),
    lastSeq: BigInt(seal.lastSeq),
    transfers: BigInt(seal.transfers),
    root: Buffer.from(seal.root, 'hex'),
    sums: seal.sums,
    previous: Buffer.from(seal.previous, 'hex'),
    sealedAt: new Date(seal.sealedAt),
  });
  return hash.toString('hex') === seal.hash;
}

function lineFaults(line: StatementLine, statement: Statement, seals: Map<string, StatementSeal>): string[] {
  const [, , member, kind, code, , , amount, currency] = line.row.split('|');
  const faults: string[] = [];
  if (
    member !== statement.memberId ||
    kind !== line.kind ||
    code !== line.code ||
    amount !== line.amountMicro ||
    currency !== statement.currency
  )
    faults.push(`The line of ${line.at} says something else than its row.`);
  const change = line.kind === 'single' || line.kind === 'post' ? BigInt(line.amountMicro) : 0n;
  const shown = BigInt(line.changeMicro);
  // Between two buckets of one wallet nothing changes.
  if (shown !== change && shown !== -change && shown !== 0n)
    faults.push(`The change of ${line.at} is not the amount of its row.`);
  if (line.proof === null) return faults;
  const seal = seals.get(line.proof.seal);
  if (seal === undefined || rootFrom(leafHash(line.row), line.proof.path).toString('hex') !== seal.root)
    faults.push(`The row of ${line.at} does not lead to its seal.`);
  return faults;
}
