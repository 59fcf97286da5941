import { captionsOf } from '../captions.ts';
import type { Timed } from './wire.ts';

/** A caption ends with a sentence, or where a line is full. */
const LINE_LETTERS = 84;

/** Captions from the times of each letter. Empty where the provider told none. */
export function captionsFrom(alignment: Timed['alignment']): string {
  if (alignment == null) return '';
  const { characters, character_start_times_seconds: starts, character_end_times_seconds: ends } = alignment;
  const segments: { start: number; end: number; text: string }[] = [];
  let text = '';
  let start = 0;
  for (const [at, letter] of characters.entries()) {
    if (text === '') start = starts[at] ?? 0;
    text += letter;
    const isFull = text.length >= LINE_LETTERS && /\s/.test(letter);
    if (!isFull && !/[.!?。！？\n]/.test(letter) && at < characters.length - 1) continue;
    if (text.trim() !== '') segments.push({ start, end: ends[at] ?? start, text });
    text = '';
  }
  return captionsOf(segments, 'srt');
}
