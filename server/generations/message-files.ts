import { ProblemError } from '#server/http/problem.ts';
import type { InputFile } from '#server/providers/provider.ts';
import type { TextMessage, TextPart } from '#server/providers/text-params.ts';

/**
 * The id of the file that a part of a message names (`file:<id>`), if it names one. A `file_id` names one in any form:
 * at a provider it would be a file of the operator's own account.
 */
function namedBy(part: TextPart): string | undefined {
  if (part.type === 'file') return part.file.file_id?.replace(/^file:/, '');
  return part.type === 'image_url' ? /^file:(.+)$/.exec(part.image_url.url)?.[1] : undefined;
}

/** The first of the checked `messages` that names a file which does not go along, and that file's id; or null. */
export function strangerIn(messages: unknown, files: InputFile[]): { at: number; id: string } | null {
  if (!Array.isArray(messages)) return null;
  const known = new Set(files.map(({ id }) => id));
  for (const [at, { content }] of (messages as TextMessage[]).entries()) {
    if (!Array.isArray(content)) continue;
    const id = content.map(namedBy).find((each) => each !== undefined && !known.has(each));
    if (id !== undefined) return { at, id };
  }
  return null;
}

/** Throws `invalid-input` for messages that name a file which does not go along: it was not held for. */
export function refuseStrangers(messages: unknown, files: InputFile[]): void {
  const stranger = strangerIn(messages, files);
  if (stranger === null) return;
  const { at, id } = stranger;
  throw new ProblemError('invalid-input', {
    errors: [{ path: `ask.params.messages.${at}.content`, message: `fileIds does not hold ${id}` }],
  });
}

/** Files that the messages name (`file:<id>`) become content of their kind; the others join the last question. */
export function withFiles(messages: TextMessage[], files: InputFile[]): TextMessage[] {
  if (files.length === 0) return messages;
  const named = new Set<string>();
  const filled = messages.map((message) => {
    if (!Array.isArray(message.content)) return message;
    const content = message.content.map((part) => {
      const id = namedBy(part);
      const file = files.find((each) => each.id === id);
      if (file === undefined) return part;
      named.add(file.id);
      return partOf(file);
    });
    return { ...message, content };
  });
  const rest = files.filter((file) => !named.has(file.id)).map(partOf);
  const last = filled.findLastIndex((message) => message.role === 'user');
  if (rest.length === 0 || last === -1) return filled;
  const question = filled[last]!;
  const words =
    typeof question.content === 'string'
      ? [{ type: 'text' as const, text: question.content }]
      : (question.content ?? []);
  return filled.with(last, { ...question, content: [...words, ...rest] });
}

function partOf(file: InputFile): TextPart {
  const data = file.bytes.toString('base64');
  if (file.mediaType.startsWith('image/'))
    return { type: 'image_url', image_url: { url: `data:${file.mediaType};base64,${data}` } };
  if (file.mediaType.startsWith('text/'))
    return { type: 'text', text: `${file.name}:\n${file.bytes.toString('utf8')}` };
  if (file.mediaType === 'audio/wav' || file.mediaType === 'audio/mpeg')
    return {
      type: 'input_audio',
      input_audio: { data, format: file.mediaType === 'audio/wav' ? 'wav' : 'mp3' },
    };
  return { type: 'file', file: { filename: file.name, file_data: `data:${file.mediaType};base64,${data}` } };
}
