import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

type Headers = Record<string, string | undefined>;

/** Older callbacks may be copies of one that somebody kept. */
const FRESH_SECONDS = 300;

const isFresh = (timestamp: string | undefined): boolean =>
  Math.abs(Date.now() / 1000 - Number(timestamp)) <= FRESH_SECONDS;

/**
 * Whether a callback was signed as Standard Webhooks says, with this account's secret (`whsec_…`). While a secret is
 * changed there are several signatures; one that fits will do.
 */
export function isStandardSigned(headers: Headers, raw: Buffer, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (id === undefined || signatures === undefined || !isFresh(timestamp)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(raw).digest();
  return signatures.split(' ').some((each) => {
    const given = Buffer.from(each.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const ED25519 = { kty: 'OKP', crv: 'Ed25519' };

/** Whether a callback was signed by fal with one of these public keys: `x` of its key set, parted by commas. */
export function isFalSigned(headers: Headers, raw: Buffer, keys: string): boolean {
  const told = ['request-id', 'user-id', 'timestamp', 'signature'].map(
    (name) => headers[`x-fal-webhook-${name}`],
  );
  const [requestId, userId, timestamp, signature] = told;
  if (told.includes(undefined) || !isFresh(timestamp)) return false;
  const digest = createHash('sha256').update(raw).digest('hex');
  const message = Buffer.from([requestId, userId, timestamp, digest].join('\n'));
  return keys.split(',').some((x) => {
    const key = createPublicKey({ key: { ...ED25519, x: x.trim().replace(/=+$/, '') }, format: 'jwk' });
    return verify(null, message, key, Buffer.from(signature ?? '', 'hex'));
  });
}
