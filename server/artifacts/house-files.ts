import { createSecretKey, hkdfSync } from 'node:crypto';
import type { Store } from './store.ts';

/** Files of the house, which belong to no member: sealed under a key that follows from the application's secret. */
export function houseFiles(store: Store, secret: string, purpose: string) {
  const content = {
    version: 0,
    key: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `house files: ${purpose}`, 32))),
  };
  return {
    write: (id: string, bytes: AsyncIterable<Buffer>) => store.put(content, id, bytes),
    read: (id: string, bytes: number) => store.read(content, id, bytes),
  };
}
