import type { ServerResponse } from 'node:http';
import type { Parts } from '#server/generations/parts.ts';

/** A caller that takes nothing for so long is let go; the answer stands in the history. */
const STALL_MS = 60_000;

export function stallMs({ config }: Pick<Parts, 'config'>): number {
  return Math.min(STALL_MS, config.PROVIDER_IDLE_SECONDS * 1000);
}

/** Waits, where the caller reads more slowly than we write, until it has caught up or is gone. */
export function drained(response: ServerResponse, mostMs: number): Promise<void> | undefined {
  if (!response.writableNeedDrain || response.destroyed) return undefined;
  return new Promise((resolve) => whenDrained(response, mostMs, resolve));
}

/** Calls `then` once: when what was written has been taken, or the caller is gone. One that takes nothing is let go. */
export function whenDrained(response: ServerResponse, mostMs: number, then: () => void): void {
  const timer = setTimeout(() => response.destroy(), mostMs);
  const go = () => {
    clearTimeout(timer);
    response.off('drain', go).off('close', go);
    then();
  };
  response.on('drain', go).on('close', go);
}
