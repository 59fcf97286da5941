import { z } from 'zod';
import type { Generation } from '#contract/generations.ts';

const Part = z.object({ type: z.string(), text: z.string().optional() });
const Message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
});

/** One turn as the thread shows it. */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
}

/** What was said before the answer of this generation: the messages that it was asked with. */
export function turnsOf(generation: Pick<Generation, 'params'>): Turn[] {
  const messages = z.array(Message).safeParse(generation.params.messages);
  if (!messages.success) return [];
  return messages.data
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => ({ role: role as Turn['role'], text: wordsOf(content) }));
}

function wordsOf(content: z.infer<typeof Message>['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? `[${part.type.replaceAll('_', ' ')}]`).join('\n');
}

/**
 * The messages to send: all that was said, the answer in between, and what is said now. The answer is named by its id,
 * so that the server can add what the provider wants back of it and nobody is shown.
 */
export function nextMessages(
  before: Generation | undefined,
  words: string,
): { role: string; content: unknown; generation_id?: string }[] {
  const said = (before?.params.messages ?? []) as { role: string; content: unknown }[];
  const answered = before?.text
    ? [{ role: 'assistant', content: before.text, generation_id: before.id }]
    : [];
  return [...said, ...answered, { role: 'user', content: words }];
}
