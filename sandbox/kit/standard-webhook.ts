import { createHmac } from 'node:crypto';

/** Headers of a webhook signed as Standard Webhooks says. `secret` begins with `whsec_`, `at` is in ms. */
export function standardHeaders(
  secret: string,
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
