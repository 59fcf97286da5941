import type { ProcessorDispute } from './processor-books.ts';

export type DisputeState = 'warned' | 'opened' | 'won' | 'lost' | 'cleared';

/**
 * Where a dispute goes from where it stands, by what the processor says now; null: it stays. Money decides, not the
 * word: it is opened when its sum was taken, and won when that came back.
 */
export function nextStateOf(now: DisputeState | null, said: ProcessorDispute): DisputeState | null {
  const taken = said.takenMicro > 0n;
  switch (now) {
    case null:
      return said.state === 'over' || (said.state !== 'open' && !taken) ? null : 'warned';
    case 'warned':
      if (taken) return 'opened';
      return said.state === 'open' ? null : 'cleared';
    case 'opened':
      if (said.state === 'lost') return 'lost';
      return said.state === 'won' && said.returnedMicro >= said.takenMicro ? 'won' : null;
    case 'won':
    case 'lost':
    case 'cleared':
      return null;
    default:
      return now satisfies never;
  }
}
