import { unseal } from '../kit/seal.ts';
import { badRequest, type Refusal } from './refusals.ts';

interface Item {
  type?: string;
  id?: string;
  role?: string;
  encrypted_content?: unknown;
}

/** What was taken out of the input: sealed reasoning that this model cannot read. */
export interface Removed {
  type: 'reasoning';
  id: string;
  action: 'removed';
  reason: string;
}

/**
 * Says why reasoning items that come back would be refused: by its id alone an item is found only where it was stored,
 * one that was changed is none of ours, and each must stand before what it led to.
 */
export function reasoningRefusal(input: unknown, isStored: (id: string) => boolean): Refusal | null {
  if (!Array.isArray(input)) return null;
  for (const [at, item] of (input as Item[]).entries()) {
    if (item.type !== 'reasoning') continue;
    const id = String(item.id);
    if (item.encrypted_content == null) {
      if (isStored(id)) continue;
      return {
        ...badRequest(
          `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
          'input',
        ),
        status: 404,
      };
    }
    if (unseal(item.encrypted_content, id) === 'forged')
      return badRequest(
        `The encrypted content for item ${id} could not be verified.`,
        null,
        'invalid_encrypted_content',
      );
    if (!follows(input[at + 1]))
      return badRequest(
        `Item '${id}' of type 'reasoning' was provided without its required following item.`,
        'input',
      );
  }
  return null;
}

function follows(item: Item | undefined): boolean {
  const type = item?.type ?? 'message';
  if (item === undefined) return false;
  return type === 'message' ? item.role === 'assistant' : type === 'function_call' || type === 'reasoning';
}

/** Reasoning of another model is dropped, and said to be. */
export function removedFrom(input: unknown, model: string): Removed[] {
  if (!Array.isArray(input)) return [];
  return (input as Item[]).flatMap((item) => {
    if (item.type !== 'reasoning' || item.encrypted_content == null) return [];
    const found = unseal(item.encrypted_content, String(item.id));
    if (found === 'forged' || found.model === model) return [];
    return [
      {
        type: 'reasoning' as const,
        id: String(item.id),
        action: 'removed' as const,
        reason: 'model_mismatch',
      },
    ];
  });
}
