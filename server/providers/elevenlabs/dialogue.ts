import { textOf } from '../input-files.ts';
import type { Call } from '../provider.ts';

interface Said {
  text: string;
  voice_id: string;
}

const LINE = /^\s*(\p{L}[\p{L} .'’-]{0,40}?)\s*:\s+(.*)$/u;

/**
 * A dialogue is written as a play: `Anna: Good morning.` Whoever speaks first has the first of the voices, the next
 * name the second. A line without a name goes on with whoever spoke last.
 */
export function dialogueOf(call: Call): Said[] {
  const voices = (call.params.voices as string[] | undefined) ?? [];
  const speakers: string[] = [];
  const said: Said[] = [];
  for (const line of textOf(call.params.prompt).split('\n')) {
    const [, named, text = line] = LINE.exec(line) ?? [];
    if (text.trim() === '') continue;
    if (named !== undefined && !speakers.includes(named)) speakers.push(named);
    const last = said.at(-1);
    const at = named === undefined ? -1 : speakers.indexOf(named);
    const voice = at === -1 ? (last?.voice_id ?? voices[0]) : voices[at % Math.max(1, voices.length)];
    if (last !== undefined && named === undefined) last.text += `\n${text.trim()}`;
    else said.push({ text: text.trim(), voice_id: voice ?? '' });
  }
  return said;
}
