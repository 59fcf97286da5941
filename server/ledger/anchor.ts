import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { isSigned, type SigningKey } from './signing.ts';

/** A seal carried out of the database: who can change the database cannot change this. */
const Anchor = z.object({
  seal: z.string(),
  hash: z.string(),
  lastSeq: z.string(),
  sealedAt: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});
type Anchor = z.infer<typeof Anchor>;

const signed = ({ seal, hash, lastSeq, sealedAt }: Omit<Anchor, 'publicKey' | 'signature'>) =>
  `mluen ledger seal ${seal} ${hash} to ${lastSeq} at ${sealedAt}`;

/**
 * Writes the newest seal, signed, into `dir`, which belongs on other storage than the database. Answers its number, or
 * null when it was anchored before or there is none.
 */
export async function anchorNewestSeal(pools: Pools, key: SigningKey, dir: string): Promise<bigint | null> {
  const newest = await asService(pools, (tx) =>
    tx
      .selectFrom('ledger.seal')
      .leftJoin('ledger.anchor', 'ledger.anchor.sealNumber', 'ledger.seal.number')
      .select(['number', 'hash', 'lastSeq', 'sealedAt', 'place'])
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );
  if (newest === undefined || newest.place !== null) return null;
  const body = {
    seal: newest.number.toString(),
    hash: newest.hash.toString('hex'),
    lastSeq: newest.lastSeq.toString(),
    sealedAt: newest.sealedAt.toISOString(),
  };
  const anchor: Anchor = { ...body, publicKey: key.publicKey, signature: key.sign(signed(body)) };
  await mkdir(dir, { recursive: true });
  const name = `seal-${body.seal.padStart(12, '0')}.json`;
  const file = await open(join(dir, name), 'w', 0o644);
  await file.writeFile(`${JSON.stringify(anchor, null, 2)}\n`);
  await file.datasync();
  await file.close();
  await asService(pools, (tx) =>
    tx
      .insertInto('ledger.anchor')
      .values({
        sealNumber: newest.number,
        signature: Buffer.from(anchor.signature, 'base64'),
        place: name,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  return newest.number;
}

/** Compares the anchors in `dir` with the database's seals. Answers a sentence for each that does not fit. */
export async function compareAnchors(pools: Pools, key: SigningKey, dir: string): Promise<string[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => /^seal-\d+\.json$/.test(name)).sort();
  const faults: string[] = [];
  for (const name of names) {
    const anchor = Anchor.parse(JSON.parse(await readFile(join(dir, name), 'utf8')));
    if (!isSigned(signed(anchor), anchor.signature, key.publicKey)) {
      faults.push(`${name} is not signed by this ledger's key`);
      continue;
    }
    const stored = await asService(pools, (tx) =>
      tx
        .selectFrom('ledger.seal')
        .select('hash')
        .where('number', '=', BigInt(anchor.seal))
        .executeTakeFirst(),
    );
    if (stored === undefined) faults.push(`seal ${anchor.seal} was anchored and is gone`);
    else if (stored.hash.toString('hex') !== anchor.hash)
      faults.push(`seal ${anchor.seal} is not the one that was anchored`);
  }
  return faults;
}
