import { z } from 'zod';
import type { Generation } from '#contract/generations.ts';

const Part = z.object({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.object({ url: z.string() }).optional(),
  file: z.object({ file_id: z.string().optional() }).optional(),
});
type Part = z.infer<typeof Part>;
const Message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
});

/** One turn as the thread shows it. */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
  /** Ids of the files that went with it. */
  files: string[];
}

/** What was said before the answer of this generation: the messages that it was asked with. */
export function turnsOf(generation: Pick<Generation, 'params'>): Turn[] {
  const messages = z.array(Message).safeParse(generation.params.messages);
  if (!messages.success) return [];
  return messages.data
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => ({
      role: role as Turn['role'],
      text: wordsOf(content),
      files: filesOf(content),
    }));
}

function wordsOf(content: z.infer<typeof Message>['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? [])
    .filter((part) => fileIdOf(part) === undefined)
    .map((part) => part.text ?? `[${part.type.replaceAll('_', ' ')}]`)
    .join('\n');
}

function filesOf(content: z.infer<typeof Message>['content']): string[] {
  return typeof content === 'string' ? [] : (content ?? []).flatMap((part) => fileIdOf(part) ?? []);
}

function fileIdOf(part: Part): string | undefined {
  const name = part.image_url?.url ?? part.file?.file_id ?? '';
  return name.startsWith('file:') ? name.slice('file:'.length) : undefined;
}

/**
 * The messages to send: all that was said, the answer in between, and what is said now. The answer is named by its id,
 * so that the server can add what the provider wants back of it and nobody is shown.
 */
export function nextMessages(
  before: Generation | undefined,
  words: string,
  files: { id: string; mediaType: string }[] = [],
): Said[] {
  const said = ((before?.params.messages ?? []) as Said[]).map((message) => withoutGone(message, before));
  const answered = before?.text
    ? [{ role: 'assistant', content: before.text, generation_id: before.id }]
    : [];
  return [...said, ...answered, { role: 'user', content: contentOf(words, files) }];
}

interface Said {
  role: string;
  content: unknown;
  generation_id?: string;
}

function contentOf(words: string, files: { id: string; mediaType: string }[]): unknown {
  if (files.length === 0) return words;
  return [
    ...(words.trim() === '' ? [] : [{ type: 'text', text: words }]),
    ...files.map(({ id, mediaType }) =>
      mediaType.startsWith('image/')
        ? { type: 'image_url', image_url: { url: `file:${id}` } }
        : { type: 'file', file: { file_id: `file:${id}` } },
    ),
  ];
}

/** A file of an earlier message that was deleted since does not stop the conversation: a word stands in its place. */
function withoutGone(message: Said, before: Generation | undefined): Said {
  const parts = z.array(z.looseObject(Part.shape)).safeParse(message.content);
  if (!parts.success) return message;
  const known = new Set(before?.files.map(({ id }) => id));
  const content = parts.data.map((part) => {
    const id = fileIdOf(part);
    return id === undefined || known.has(id) ? part : { type: 'text', text: '(A file that was deleted)' };
  });
  return { ...message, content };
}

/** Ids of all the files that messages name. */
export function fileIdsOf(messages: Said[]): string[] {
  const turns = turnsOf({ params: { messages } });
  return [...new Set(turns.flatMap(({ files }) => files))];
}
