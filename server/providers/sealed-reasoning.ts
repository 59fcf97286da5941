import type { ReasoningDetail, TextMessage } from './text-params.ts';

/**
 * Reasoning that a provider wants back unread in the next turn: a signature, or text that only it can read. It travels
 * beside an assistant message as `reasoning_details`, in the shape that clients of OpenAI's format know from OpenRouter.
 */

/** What this model itself made for this message, in its order. That of another model is of no use to it, and refused. */
export function sealedFor(
  { reasoning_details = [] }: TextMessage,
  format: string,
  model: string,
): ReasoningDetail[] {
  return reasoning_details
    .filter((detail) => detail.format === format && detail.model === model)
    .sort((a, b) => a.index - b.index);
}

/** Puts sealed blocks back among the others: each at the place that it had, the others in their order around it. */
export function interleave<Block>(
  sealed: readonly { index: number; block: Block }[],
  others: readonly Block[],
): Block[] {
  const rest = [...others];
  const blocks: Block[] = [];
  for (const { index, block } of sealed) {
    while (blocks.length < index && rest.length > 0) blocks.push(rest.shift()!);
    blocks.push(block);
  }
  return [...blocks, ...rest];
}
