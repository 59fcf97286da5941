import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** Signs as fal does, with a key that only the sandbox has. */
export class WebhookKey {
  readonly #private: KeyObject;
  /** Base64url of the public key, with the padding that the real one sometimes has. */
  readonly x: string;

  constructor(seed: Buffer) {
    const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
    this.#private = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
    this.x = String(createPublicKey(this.#private).export({ format: 'jwk' }).x);
  }

  /** `at` is in ms. */
  headers(requestId: string, userId: string, at: number, body: string): Record<string, string> {
    const timestamp = String(Math.floor(at / 1000));
    const digest = createHash('sha256').update(body).digest('hex');
    const signature = sign(
      null,
      Buffer.from([requestId, userId, timestamp, digest].join('\n')),
      this.#private,
    ).toString('hex');
    return {
      'x-fal-webhook-request-id': requestId,
      'x-fal-webhook-user-id': userId,
      'x-fal-webhook-timestamp': timestamp,
      'x-fal-webhook-signature': signature,
    };
  }
}
