import { FileRefused } from './refused.ts';

const TEXT_MOST_BYTES = 5 * 1024 * 1024;

export interface LookedText {
  /** In UTF-8, whatever it came in. */
  bytes: Buffer;
  mediaType: string;
  changes: string[];
}

/**
 * What no signature tells is text when it has no control characters: in UTF-8, in UTF-16 with its mark, or as Windows
 * writes it. Pictures made of markup are not taken: they can run scripts.
 */
export function lookAtText(file: Buffer, name: string): LookedText {
  if (file.length > TEXT_MOST_BYTES)
    throw new FileRefused('too-large', 'This text is longer than 5 MB. Upload the part that matters.');
  const { text, encoding } = decoded(file);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point
  if (/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text))
    throw new FileRefused(
      'unknown',
      'This kind of file is not known here. Save it as PDF, text or a picture.',
    );
  if (isSvg(text) || /\.svgz?$/i.test(name))
    throw new FileRefused(
      'unsafe',
      'SVG pictures can run scripts and are not taken. Save it as PNG and upload that.',
    );
  const mediaType = /\.(md|markdown)$/i.test(name) ? 'text/markdown' : 'text/plain';
  return encoding === 'utf-8'
    ? { bytes: file, mediaType, changes: [] }
    : { bytes: Buffer.from(text), mediaType, changes: [`read as ${encoding}`] };
}

function decoded(file: Buffer): { text: string; encoding: string } {
  const mark = file.readUIntBE(0, Math.min(2, file.length));
  if (mark === 0xfffe || mark === 0xfeff) {
    const encoding = mark === 0xfffe ? 'utf-16le' : 'utf-16be';
    return { text: new TextDecoder(encoding).decode(file), encoding };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(file), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(file), encoding: 'windows-1252' };
  }
}

/** Whether the first element is `svg`, past comments, declarations and white space. */
function isSvg(text: string): boolean {
  const at = firstElement(text);
  return /^<([a-z][\w.-]*:)?svg[\s/>]/i.test(text.slice(at, at + 100));
}

/** Steps over what may stand before it, each once: a text made of nothing else is long, not slow. */
function firstElement(text: string): number {
  const space = /\s*/y;
  for (let at = 0; ; ) {
    space.lastIndex = at;
    space.exec(text);
    at = space.lastIndex;
    if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at + 2);
    else if (text.startsWith('<!', at)) {
      const end = after(text, '>', at);
      const inner = text.slice(at, end).indexOf('[');
      at = inner === -1 ? end : after(text, '>', after(text, ']', at + inner));
    } else return at;
  }
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}
