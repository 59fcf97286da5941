import type { ReasoningDetail } from '#server/providers/text-params.ts';

const MARK = 'mluen:';

/**
 * Sealed reasoning as one opaque word, for dialects that have a field for their own provider's alone: a signature, an
 * encrypted content. It says whose it is, so that it goes back to the model that made it and to no other. Plain base64:
 * some clients decode the field and write it anew.
 */
export function wrapSealed(detail: ReasoningDetail): string {
  return Buffer.from(MARK + JSON.stringify(detail)).toString('base64');
}

/** Null for what we did not make. */
export function unwrapSealed(word: string): ReasoningDetail | null {
  const plain = Buffer.from(word, 'base64').toString();
  if (!plain.startsWith(MARK)) return null;
  try {
    const detail = JSON.parse(plain.slice(MARK.length)) as ReasoningDetail;
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
