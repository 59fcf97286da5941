import type { ReasoningDetail } from '#server/providers/provider.ts';

const MARK = 'mluen.';

/**
 * Sealed reasoning as one opaque word, for dialects that have a field for their own provider's alone: a signature, an
 * encrypted content. It says whose it is, so that it goes back to the model that made it and to no other.
 */
export function wrapSealed({ text: _text, ...detail }: ReasoningDetail): string {
  return MARK + Buffer.from(JSON.stringify(detail)).toString('base64url');
}

/** Null for what we did not make. */
export function unwrapSealed(word: string): ReasoningDetail | null {
  if (!word.startsWith(MARK)) return null;
  try {
    const detail = JSON.parse(
      Buffer.from(word.slice(MARK.length), 'base64url').toString(),
    ) as ReasoningDetail;
    const isOne =
      typeof detail.type === 'string' &&
      typeof detail.format === 'string' &&
      typeof detail.model === 'string' &&
      Number.isInteger(detail.index);
    return isOne ? detail : null;
  } catch {
    return null;
  }
}
