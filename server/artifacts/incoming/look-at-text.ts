import { FileRefused } from './refused.ts';

const TEXT_MOST_BYTES = 5 * 1024 * 1024;

/** What no signature tells is text when it is valid UTF-8 without control characters. Pictures made of markup are not taken: they can run scripts. */
export function lookAtText(file: Buffer, name: string): { mediaType: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new FileRefused(
      'unknown',
      'This kind of file is not known here. Save it as PDF, text or a picture.',
    );
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point
  if (/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text))
    throw new FileRefused(
      'unknown',
      'This kind of file is not known here. Save it as PDF, text or a picture.',
    );
  if (isSvg(text) || /\.svgz?$/i.test(name))
    throw new FileRefused(
      'unsafe',
      'SVG pictures can run scripts and are not taken. Save it as PNG and upload that.',
    );
  if (file.length > TEXT_MOST_BYTES)
    throw new FileRefused('too-large', 'This text is longer than 5 MB. Upload the part that matters.');
  return { mediaType: /\.(md|markdown)$/i.test(name) ? 'text/markdown' : 'text/plain' };
}

/** Whether the first element is `svg`, past comments, declarations and white space. */
function isSvg(text: string): boolean {
  const start = text
    .slice(0, 64 * 1024)
    .replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>[]*(\[[\s\S]*?\]\s*)?>/g, '');
  return /^\s*<([a-z][\w.-]*:)?svg[\s/>]/i.test(start);
}
