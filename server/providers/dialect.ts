import type { TextMessage, TextPart } from './text-params.ts';

/** Reading the common dialect, for adapters whose provider speaks another one. */

interface DataUrl {
  mediaType: string;
  /** Bare base64. */
  data: string;
}

export function dataUrl(url: string): DataUrl | null {
  const found = /^data:([^;,]+)?(?:;[^,]*)?;base64,(.*)$/s.exec(url);
  return found === null ? null : { mediaType: found[1] ?? 'application/octet-stream', data: found[2]! };
}

export function partsOf({ content }: TextMessage): TextPart[] {
  if (content === null || content === undefined) return [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function wordsOf(message: TextMessage): string {
  return partsOf(message)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
}

export const isInstruction = ({ role }: TextMessage): boolean => role === 'system' || role === 'developer';

/** All instructions as one text: the others have one place for them, before the conversation. */
export function instructionsOf(messages: TextMessage[]): string {
  return messages.filter(isInstruction).map(wordsOf).filter(Boolean).join('\n\n');
}

/** Arguments of a call as an object: broken JSON travels along as text, nothing as nothing. */
export function argumentsOf(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : { value };
  } catch {
    return { _raw: text };
  }
}

/** The tool that a forced choice names. */
export function forcedTool(choice: unknown): string | undefined {
  const name = (choice as { function?: { name?: unknown } } | undefined)?.function?.name;
  return typeof name === 'string' ? name : undefined;
}

/** The tools that a choice narrows to, and whether one of them must be called. */
export function allowedTools(choice: unknown): { mode: 'auto' | 'required'; names: string[] } | undefined {
  const allowed = (choice as { allowed_tools?: { mode?: unknown; tools?: unknown } } | undefined)
    ?.allowed_tools;
  if (!Array.isArray(allowed?.tools)) return undefined;
  const names = allowed.tools.map((tool: { function?: { name?: unknown } }) => String(tool.function?.name));
  return { mode: allowed.mode === 'required' ? 'required' : 'auto', names };
}

export const stopsOf = (stop: string | string[] | undefined): string[] | undefined =>
  stop === undefined ? undefined : [stop].flat();
