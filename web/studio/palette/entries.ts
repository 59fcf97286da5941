import type { ReactNode } from 'react';

/** One thing that may be chosen. */
export interface Entry {
  id: string;
  label: string;
  /** What stands beside it, quieter. */
  note?: ReactNode;
  /** Other words under which it is found. */
  also?: string;
  choose: () => void;
}

export interface Group {
  name: string;
  entries: Entry[];
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that hold all the words; what begins with them stands first. Without words, all of them. */
export function matching(entries: Entry[], words: string, most: number): Entry[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  const whole = plain(words).trim();
  const rank = (entry: Entry) => (plain(entry.label).startsWith(whole) ? 0 : 1);
  return entries
    .filter((entry) => {
      const text = plain(`${entry.label} ${entry.also ?? ''}`);
      return wanted.every((word) => text.includes(word));
    })
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, most);
}
