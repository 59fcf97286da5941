/** A clock that tests can push forward, so that addresses expire and tasks end without waiting. */
export class Clock {
  #aheadMs = 0;
  readonly #pending = new Map<() => void, { at: number; timer: NodeJS.Timeout }>();

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Runs `action` once this clock shows `at`. */
  when(at: number, action: () => void): void {
    const run = () => {
      this.#pending.delete(action);
      action();
    };
    const timer = setTimeout(run, Math.max(0, at - this.now()));
    this.#pending.set(action, { at, timer });
  }

  /** Whatever is due by then has happened, in its order, when this returns. */
  advance(ms: number): void {
    this.#aheadMs += ms;
    const pending = [...this.#pending].sort(([, a], [, b]) => a.at - b.at);
    for (const [action, { at, timer }] of pending) {
      clearTimeout(timer);
      this.#pending.delete(action);
      if (at <= this.now()) action();
      else this.when(at, action);
    }
  }

  stop(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}
