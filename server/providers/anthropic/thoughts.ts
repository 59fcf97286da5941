import { interleave, sealedFor } from '../sealed-reasoning.ts';
import type { ReasoningDetail, TextMessage } from '../text-params.ts';

type Block = Record<string, unknown>;

const FORMAT = 'anthropic-claude-v1';

/** A thinking block, whose signature covers its text: both go back byte for byte. */
export function thoughtDetail(
  model: string,
  index: number,
  { text, signature }: { text: string; signature: string },
): ReasoningDetail {
  return { type: 'reasoning.text', format: FORMAT, model, index, text, signature };
}

/** A thought that only the provider can read. */
export function redactedDetail(model: string, index: number, data: string): ReasoningDetail {
  return { type: 'reasoning.encrypted', format: FORMAT, model, index, data };
}

/** The blocks of an answer with its thoughts where they stood, for the model that had them. */
export function withThoughts(message: TextMessage, model: string, blocks: Block[]): Block[] {
  // An answer that came to nothing has no turn of its own, whatever was thought.
  if (blocks.length === 0) return blocks;
  const thoughts = sealedFor(message, FORMAT, model).map((detail) => ({
    index: detail.index,
    block:
      detail.type === 'reasoning.encrypted'
        ? { type: 'redacted_thinking', data: detail.data }
        : { type: 'thinking', thinking: detail.text ?? '', signature: detail.signature },
  }));
  return interleave<Block>(thoughts, blocks);
}

/** Whether the last answer calls tools without the thought that these models, told to think, want before it. */
export function lacksThought(turns: readonly { role: string; content: Block[] }[]): boolean {
  const last = turns.findLast(({ role }) => role === 'assistant')?.content ?? [];
  return (
    last.some(({ type }) => type === 'tool_use') &&
    last[0]?.type !== 'thinking' &&
    last[0]?.type !== 'redacted_thinking'
  );
}
