import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { z } from 'zod';
import type { Certificate } from '#contract/privacy.ts';
import { asService } from '#server/database/transaction.ts';
import type { Privacy } from '../parts.ts';
import type { Erasing } from './erasing.ts';
import { keptAfter } from './kept.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Backups of wrapped keys are kept a week, of everything else five weeks (docs/decisions/what-erasure-keeps.md). */
const KEY_BACKUP_DAYS = 7;
const CONTENT_BACKUP_DAYS = 35;

/** Writes down what was erased and what stays, signed, so that nobody has to take our word for it. */
export async function certify(parts: Privacy, erasing: Erasing): Promise<Record<string, unknown>> {
  const { erasureId, memberId, now } = erasing;
  const key = await signingKey(parts);
  const body = JSON.stringify(bodyOf(parts, erasing), null, 2);
  await asService(parts.pools, (tx) =>
    tx
      .insertInto('privacy.certificate')
      .values({
        userId: memberId,
        id: erasureId,
        body,
        signature: sign(null, Buffer.from(body), key.secret).toString('base64'),
        keyId: key.id,
        createdAt: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  return {};
}

function bodyOf(
  { inventory, operator }: Privacy,
  { erasureId, memberId, country, askedAt, now, found }: Erasing,
) {
  const counts = (step: string) => found.get(step)?.counts ?? {};
  return {
    format: 1,
    operator: operator.name,
    erasure: erasureId,
    /** A random number: nothing that we still hold says whose it was. */
    account: memberId,
    askedAt,
    erasedAt: now,
    keyDestroyedAt: found.get('key')?.doneAt,
    erased: { rows: counts('rows'), files: counts('files'), ...counts('bodies'), ...counts('jobs') },
    kept: keptAfter(inventory, country, now),
    backups: {
      keysGoneBy: new Date(now.getTime() + KEY_BACKUP_DAYS * DAY_MS),
      contentGoneBy: new Date(now.getTime() + CONTENT_BACKUP_DAYS * DAY_MS),
    },
    providersThatReceivedContent: counts('generations').providers ?? [],
  };
}

/** The certificate with what is needed to verify it; null when there is none of this id. */
export async function findCertificate(
  { pools }: Privacy,
  id: string,
): Promise<z.output<typeof Certificate> | null> {
  const row = await asService(pools, (tx) =>
    tx
      .selectFrom('privacy.certificate as c')
      .innerJoin('privacy.signingKey as k', 'k.id', 'c.keyId')
      .select(['c.body', 'c.signature', 'c.keyId', 'k.publicKey'])
      .where('c.id', '=', id)
      .executeTakeFirst(),
  );
  return row ?? null;
}

/** The installation's signing key, made when the first certificate is; its secret half is wrapped by the master key. */
async function signingKey({ pools, kms }: Privacy): Promise<{ id: string; secret: KeyObject }> {
  const known = await asService(pools, (tx) =>
    tx
      .selectFrom('privacy.signingKey')
      .select(['id', 'wrapped'])
      .orderBy('createdAt', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );
  if (known !== undefined) {
    const der = await kms.unwrap(known.wrapped, `signing key ${known.id}`);
    return { id: known.id, secret: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const id = createHash('sha256').update(pem).digest('hex').slice(0, 16);
  const wrapped = await kms.wrap(privateKey.export({ format: 'der', type: 'pkcs8' }), `signing key ${id}`);
  await asService(pools, (tx) =>
    tx.insertInto('privacy.signingKey').values({ id, publicKey: pem, wrapped }).execute(),
  );
  return { id, secret: privateKey };
}
