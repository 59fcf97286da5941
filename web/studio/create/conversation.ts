import { z } from 'zod';
import type { Generation, ThreadTurn } from '#contract/generations.ts';

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
  generation_id: z.string().optional(),
});

/** One turn as the thread shows it. */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
  /** Ids of the files that went with it. */
  files: string[];
  /** The generation of an answer. */
  answerId?: string | undefined;
}

/** What was said before the answer of this generation: the messages that it was asked with. */
export function turnsOf(generation: Pick<Generation, 'params'>): Turn[] {
  const messages = z.array(Message).safeParse(generation.params.messages);
  if (!messages.success) return [];
  return messages.data
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content, generation_id }) => ({
      role: role as Turn['role'],
      text: wordsOf(content),
      files: filesOf(content),
      ...(generation_id === undefined ? {} : { answerId: generation_id }),
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

/**
 * The messages of another version of a turn: what was said before it, and what is said now in its place. `place` is the
 * turn's among those of `turnsOf`.
 */
export function revisedMessages(
  run: Generation,
  place: number,
  words: string,
  files: { id: string; mediaType: string }[],
): Said[] {
  const said = (run.params.messages ?? []) as Said[];
  const turns = said.flatMap(({ role }, at) => (role === 'user' || role === 'assistant' ? [at] : []));
  const before = said.slice(0, turns[place] ?? said.length).map((message) => withoutGone(message, run));
  return [...before, { role: 'user', content: contentOf(words, files) }];
}

/** The answers that lead to one, the first first, as far as they are noted. */
export function pathTo(thread: ThreadTurn[], id: string): ThreadTurn[] {
  const byId = new Map(thread.map((turn) => [turn.id, turn]));
  const path: ThreadTurn[] = [];
  for (let turn = byId.get(id); turn !== undefined; turn = byId.get(turn.parentId ?? '')) {
    path.unshift(turn);
    // Each of them once, whatever is noted.
    byId.delete(turn.id);
  }
  return path;
}

/** The newest answer below one, or itself: what is opened of a branch. */
export function leafBelow(thread: ThreadTurn[], id: string): string {
  const next = thread.filter((turn) => turn.parentId === id).at(-1);
  return next === undefined ? id : leafBelow(thread, next.id);
}

/** The answers of one turn, the first first; none where the turn was never noted. */
export function versionsOf(thread: ThreadTurn[], id: string): string[] {
  const own = thread.find((turn) => turn.id === id);
  return own === undefined
    ? []
    : thread.filter(({ parentId }) => parentId === own.parentId).map((turn) => turn.id);
}

/**
 * Which answer each question has, by the place of the question among the turns. Answers are noted with branches; of
 * others the messages know the name, unless they never came.
 */
export function answersOf(run: Generation, turns: Turn[], thread: ThreadTurn[]): Map<number, string> {
  const questions = turns.flatMap(({ role }, place) => (role === 'user' ? [place] : []));
  const path = pathTo(thread, run.id);
  const answers = new Map<number, string>();
  for (const [nth, place] of questions.entries()) {
    const noted = path[path.length - (questions.length - nth)]?.id;
    const id = noted ?? turns[place + 1]?.answerId ?? (nth === questions.length - 1 ? run.id : undefined);
    if (id !== undefined) answers.set(place, id);
  }
  return answers;
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
