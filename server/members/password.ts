import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

interface Cost {
  memoryKiB: number;
  passes: number;
  lanes: number;
}

/** RFC 9106's second choice. A hash made with other costs is replaced at the next sign-in. */
const COST: Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes 64 MiB and a thread of the pool: more at once would only wait for each other. */
const AT_ONCE = 4;

/** Hashes a password as it is, unchanged, with argon2id; the result is a PHC string with its own costs and salt. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encode(cost, salt, await derive(password, salt, cost, HASH_BYTES));
}

/** Whether the password is the one that was hashed. False for what is no hash of ours. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  const known = decode(phc);
  if (known === null) return false;
  const found = await derive(password, known.salt, known.cost, known.hash.length);
  return timingSafeEqual(found, known.hash);
}

/** Whether the hash was made with other costs than today's. */
export function isOutdated(phc: string): boolean {
  const known = decode(phc);
  return (
    known === null || Object.entries(COST).some(([name, value]) => known.cost[name as keyof Cost] !== value)
  );
}

let nobodys: Promise<string> | undefined;
/** A hash of nothing that anyone knows: checked where there is no password, so that the time tells nothing. */
export function unknownPassword(): Promise<string> {
  nobodys ??= hashPassword(randomBytes(32).toString('base64'));
  return nobodys;
}

const argon2id = promisify(
  (parameters: Argon2Parameters, done: (error: Error | null, hash: Buffer) => void) =>
    argon2('argon2id', parameters, done),
);
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, cost: Cost, bytes: number): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await argon2id({
      message: Buffer.from(password, 'utf8'),
      nonce: salt,
      memory: cost.memoryKiB,
      passes: cost.passes,
      parallelism: cost.lanes,
      tagLength: bytes,
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next(); // the place is handed on
  }
}

function encode({ memoryKiB, passes, lanes }: Cost, salt: Buffer, hash: Buffer): string {
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{22,86})$/;

function decode(phc: string): { cost: Cost; salt: Buffer; hash: Buffer } | null {
  const match = PHC.exec(phc);
  if (match === null) return null;
  const [, memoryKiB, passes, lanes, salt, hash] = match;
  return {
    cost: { memoryKiB: Number(memoryKiB), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt!, 'base64'),
    hash: Buffer.from(hash!, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
