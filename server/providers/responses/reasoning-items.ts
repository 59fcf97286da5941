import { interleave, sealedFor } from '../sealed-reasoning.ts';
import type { ReasoningDetail, TextMessage } from '../text-params.ts';

type Item = Record<string, unknown>;

/** A reasoning item: what only the provider can read, and the summaries that belong to it. Without the former it is of no use. */
export function itemDetails(
  format: string,
  model: string,
  index: number,
  item: { id?: string | null; summary?: { text: string }[] | null; encrypted_content?: string | null },
): ReasoningDetail[] {
  if (item.encrypted_content == null) return [];
  const common = { format, model, index, id: item.id ?? undefined };
  return [
    ...(item.summary ?? []).map(({ text }) => ({
      type: 'reasoning.summary' as const,
      ...common,
      summary: text,
    })),
    { type: 'reasoning.encrypted', ...common, data: item.encrypted_content },
  ];
}

/** The items of an answer with its reasoning where it stood: each just before what it led to, or it is refused. */
export function withReasoning(message: TextMessage, format: string, model: string, items: Item[]): Item[] {
  if (items.length === 0) return items;
  const details = sealedFor(message, format, model);
  const sealed = details
    .filter(({ type }) => type === 'reasoning.encrypted')
    .map(({ id, index, data }) => ({
      index,
      block: {
        type: 'reasoning',
        id,
        summary: details
          .filter((each) => each.type === 'reasoning.summary' && each.index === index)
          .map(({ summary }) => ({ type: 'summary_text', text: summary })),
        encrypted_content: data,
      },
    }));
  const woven = interleave<Item>(sealed, items);
  // What was cut off after the thought has nothing that follows it.
  return woven.slice(0, woven.findLastIndex(({ type }) => type !== 'reasoning') + 1);
}
