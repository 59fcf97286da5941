/**
 * PostgreSQL's binary array format, built by hand: `pg` sends a Buffer as a binary parameter, and the server then
 * parses no text (1.4 × less CPU with bodies, docs/decisions). The SQL must declare the type: `$1::uuid[]`.
 */

const OID = { uuid: 2950, int8: 20, int4: 23, text: 25, bytea: 17, timestamptz: 1184 } as const;
const HEADER = 20;
/** PostgreSQL counts time from here, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

export function uuidArray(ids: readonly (string | null)[]): Buffer {
  return fixed(ids, OID.uuid, 16, (into, id, at) => void into.write(id.replaceAll('-', ''), at, 16, 'hex'));
}

export function int8Array(values: readonly (bigint | null)[]): Buffer {
  return fixed(values, OID.int8, 8, (into, value, at) => void into.writeBigInt64BE(value, at));
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixed(values, OID.int4, 4, (into, value, at) => void into.writeInt32BE(value, at));
}

export function timestamptzArray(values: readonly (Date | null)[]): Buffer {
  return fixed(
    values,
    OID.timestamptz,
    8,
    (into, value, at) => void into.writeBigInt64BE(BigInt(value.getTime() - EPOCH_MS) * 1000n, at),
  );
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return varying(
    values.map((value) => (value === null ? null : Buffer.from(value))),
    OID.text,
  );
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  return varying(values, OID.bytea);
}

function fixed<T>(
  values: readonly (T | null)[],
  oid: number,
  size: number,
  put: (into: Buffer, value: T, at: number) => void,
): Buffer {
  const nulls = values.reduce((count, value) => count + (value === null ? 1 : 0), 0);
  const into = Buffer.allocUnsafe(lengthOf(values.length, values.length * (4 + size) - nulls * size));
  let at = header(into, oid, values.length, nulls > 0);
  for (const value of values) {
    at = into.writeInt32BE(value === null ? -1 : size, at);
    if (value === null) continue;
    put(into, value, at);
    at += size;
  }
  return into;
}

function varying(values: readonly (Buffer | null)[], oid: number): Buffer {
  const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
  const into = Buffer.allocUnsafe(lengthOf(values.length, bytes));
  let at = header(into, oid, values.length, values.includes(null));
  for (const value of values) {
    at = into.writeInt32BE(value === null ? -1 : value.length, at);
    if (value !== null) at += value.copy(into, at);
  }
  return into;
}

/** An empty array has no dimension. */
const lengthOf = (count: number, bytes: number) => (count === 0 ? 12 : HEADER + bytes);

function header(into: Buffer, oid: number, count: number, hasNull: boolean): number {
  into.writeInt32BE(count === 0 ? 0 : 1, 0);
  into.writeInt32BE(hasNull ? 1 : 0, 4);
  into.writeInt32BE(oid, 8);
  if (count === 0) return 12;
  into.writeInt32BE(count, 12);
  into.writeInt32BE(1, 16);
  return HEADER;
}
