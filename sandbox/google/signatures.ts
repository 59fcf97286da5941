import { unseal } from '../kit/seal.ts';
import type { Part } from './part.ts';

/** Stands for the signature of a call that another model made. */
const SKIP = 'skip_thought_signature_validator';

/**
 * Says why signatures that come back would be refused. The calls of the current turn, those since a person last spoke,
 * must carry theirs (of parallel calls the first); one that is changed or another model's is refused wherever it stands.
 */
export function signaturesRefusal(
  { contents }: { contents: { role?: string; parts: Part[] }[] },
  model: string,
): string | null {
  const asked = contents.findLastIndex(
    ({ role, parts }) =>
      role === 'user' && parts.some(({ functionResponse }) => functionResponse === undefined),
  );
  for (const [at, { role, parts }] of contents.entries()) {
    if (role !== 'model') continue;
    const first = parts.findIndex(({ functionCall }) => functionCall !== undefined);
    if (at > asked && first !== -1 && parts[first]?.thoughtSignature === undefined)
      return `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`${parts[first]?.functionCall?.name}\`, position ${at + 1}.`;
    if (parts.some((part) => !isKnown(part, model))) return 'Corrupted thought signature.';
  }
  return null;
}

function isKnown({ thoughtSignature, functionCall }: Part, model: string): boolean {
  if (thoughtSignature === undefined || thoughtSignature === SKIP) return true;
  const found = unseal(thoughtSignature, functionCall?.name ?? '');
  return found !== 'forged' && found.model === model;
}
