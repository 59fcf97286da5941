import { unseal } from '../kit/seal.ts';
import type { ClaudeTraits } from './models.ts';

type Block = Record<string, unknown> & { type?: string };

const isThought = ({ type }: Block) => type === 'thinking' || type === 'redacted_thinking';

/** Says why thoughts that come back would be refused: each must be as it was, and come from a model that may be told. */
export function thoughtsRefusal(
  blocks: Block[],
  role: string | undefined,
  at: number,
  model: string,
  traits: ClaudeTraits,
): string | null {
  for (const [place, block] of blocks.entries()) {
    if (!isThought(block)) continue;
    const path = `messages.${at}.content.${place}`;
    if (role !== 'assistant')
      return `${path}: \`${block.type}\` blocks may only be in \`assistant\` messages`;
    if (block.type === 'redacted_thinking') {
      if (typeof block.data !== 'string') return `${path}.redacted_thinking.data: Field required`;
      if (unseal(block.data, 'redacted') === 'forged')
        return `${path}: Invalid \`data\` in \`redacted_thinking\` block`;
      continue;
    }
    if (typeof block.thinking !== 'string') return `${path}.thinking.thinking: Field required`;
    if (typeof block.signature !== 'string') return `${path}.thinking.signature: Field required`;
    const found = unseal(block.signature, block.thinking);
    if (found === 'forged' || (traits.bindsThoughts && found.model !== model))
      return `${path}: Invalid \`signature\` in \`thinking\` block`;
  }
  return null;
}

/** Told to think with a budget, a model wants the calls of its last turn to come back with the thought before them. */
export function loopRefusal(
  messages: { role: string; content: unknown }[],
  thinking: { type?: string } | undefined,
): string | null {
  if (thinking?.type !== 'enabled') return null;
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const blocks = messages[at]?.content;
  if (!Array.isArray(blocks) || !blocks.some(({ type }) => type === 'tool_use') || isThought(blocks[0]))
    return null;
  return `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${blocks[0].type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`;
}
