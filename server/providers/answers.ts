import type { z } from 'zod';
import { type Inbound, ProviderFault, type Units } from './provider.ts';

type Headers = Record<string, string | undefined>;
/** Reads what a status other than 200 means. */
type ReadFault = (status: number, headers: Headers, body: Buffer) => ProviderFault;

/** What an answer holds, of the fields that we use. Another status or shape is a fault; the work was accepted then. */
export async function readAnswer<T>(answer: Inbound, schema: z.ZodType<T>, fault: ReadFault): Promise<T> {
  if (answer.status < 200 || answer.status > 299)
    throw fault(answer.status, answer.headers, await answer.bytes());
  return readAs(await answer.json(), schema);
}

/** Throws `ProviderFault` (`unknown`, accepted) when the value has not the documented shape. */
export function readAs<T>(value: unknown, schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new ProviderFault(
    'unknown',
    `not in the documented shape: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    { accepted: 'yes' },
  );
}

/** Text as JSON; a proxy's page of HTML becomes null. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How long the provider asks us to wait, in ms. */
export function retryAfterMs(headers: Headers): number | undefined {
  const ms = Number(headers['retry-after-ms']);
  if (ms > 0) return ms;
  const given = headers['retry-after'];
  const seconds = Number(given);
  if (seconds > 0) return seconds * 1000;
  const untilMs = Date.parse(given ?? '') - Date.now();
  return untilMs > 0 ? untilMs : undefined;
}

/** Whether work can have begun: nothing below 500, nor when the provider says that it is too busy. */
export function acceptedBy(status: number): 'no' | 'maybe' {
  return status < 500 || status === 503 || status === 529 ? 'no' : 'maybe';
}

/** Units from counts: fractions are charged as begun, and what was not used is left out. */
export function unitsOf(counts: { [unit in keyof Units]: number | null | undefined }): Units {
  return Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count != null && count > 0)
      .map(([unit, count]) => [unit, BigInt(Math.ceil(count as number))]),
  );
}

/** Units in a task, which is kept as JSON: what a call uses is known when it is accepted, and counted at its end. */
export function packUnits(units: Units): string {
  return JSON.stringify(units, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
}

/** Null for a job that is known from its callback alone: the quote's units count then. */
export function unpackUnits(packed: unknown): Units | null {
  return typeof packed === 'string' ? unitsOf(JSON.parse(packed)) : null;
}

/** A body whole; each piece of it is told as it arrives. Throws the fault of one that is cut. */
export async function wholeOf(
  chunks: AsyncIterable<Buffer>,
  onPiece: (piece: Buffer) => void,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of chunks) {
    pieces.push(piece);
    onPiece(piece);
  }
  return Buffer.concat(pieces);
}
