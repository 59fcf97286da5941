import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signatures and sealed texts that a simulator hands out and knows again: bound to a model and to what was said. */
const KEY = 'the sandbox knows its own seals';

/** A seal over `words` by a model, as base64. */
export function seal(model: string, words: string): string {
  return Buffer.from(JSON.stringify({ model, mac: macOf(model, words) })).toString('base64');
}

/** `forged` when it is none of ours or the words were changed; else which model made it. */
export function unseal(sealed: unknown, words: string): { model: string } | 'forged' {
  if (typeof sealed !== 'string') return 'forged';
  try {
    const { model, mac } = JSON.parse(Buffer.from(sealed, 'base64').toString('utf8'));
    const [given, due] = [Buffer.from(String(mac)), Buffer.from(macOf(model, words))];
    const isOurs =
      given.length === due.length && timingSafeEqual(given, due) && seal(model, words) === sealed;
    return isOurs ? { model } : 'forged';
  } catch {
    return 'forged';
  }
}

function macOf(model: string, words: string): string {
  return createHmac('sha256', KEY).update(`${model}\n${words}`).digest('base64url');
}
