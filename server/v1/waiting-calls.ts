import type { TextEvent } from '#server/providers/provider.ts';

/** A call of a tool as far as it came. */
export interface CallSoFar {
  id: string;
  name: string;
  arguments: string;
}

/**
 * Calls of which pieces come while another is being written, by their place in the answer: in formats whose parts never
 * interleave they wait for its end.
 */
export type WaitingCalls = Map<number, CallSoFar>;

type Fragment = Extract<TextEvent, { type: 'tool_call' }>;

export const callOf = ({ id = '', name = '', arguments: text }: Fragment): CallSoFar => ({
  id,
  name,
  arguments: text,
});

/**
 * Joins a piece to the call that it belongs to, where that one waits already or must, since call `open` is being written:
 * the first id and name count, arguments grow. False when it can be written now.
 */
export function waits(waiting: WaitingCalls, fragment: Fragment, open: number | null): boolean {
  const call = waiting.get(fragment.index);
  if (call === undefined && (open === null || open === fragment.index)) return false;
  const { id, name, arguments: text } = callOf(fragment);
  waiting.set(fragment.index, {
    id: call?.id || id,
    name: call?.name || name,
    arguments: (call?.arguments ?? '') + text,
  });
  return true;
}

/** Those that wait, in the order in which they began. None waits any more. */
export function takeWaiting(waiting: WaitingCalls): CallSoFar[] {
  const calls = [...waiting.values()];
  waiting.clear();
  return calls;
}
