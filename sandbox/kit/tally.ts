/** What a provider says was used, so that our money can be checked against it. */
export interface Use {
  /** The provider's id of the work. */
  id: string;
  model: string;
  /** In the provider's own billing units. */
  units: Record<string, number>;
  /** The provider took the work on. */
  accepted: boolean;
  /** The provider asks money for it. */
  charged: boolean;
  /** The number by which the prompt named the work: `[sandbox:mark=N]`. */
  mark?: number;
}

const KEPT = 20_000;

export class Tally {
  readonly #uses: (Use & { at: string })[] = [];
  readonly #totals = new Map<string, number>();
  #count = 0;

  add(use: Use, now: number): void {
    this.#count += 1;
    if (use.charged) {
      for (const unit in use.units) {
        const key = `${use.model}/${unit}`;
        this.#totals.set(key, (this.#totals.get(key) ?? 0) + (use.units[unit] ?? 0));
      }
    }
    if (this.#uses.length < KEPT) this.#uses.push({ ...use, at: new Date(now).toISOString() });
  }

  /** `totals` holds what was charged, by `model/unit`; `uses` the first 20,000 since the last `clear`. */
  show(): { count: number; totals: Record<string, number>; uses: (Use & { at: string })[] } {
    return { count: this.#count, totals: Object.fromEntries(this.#totals), uses: this.#uses };
  }

  clear(): void {
    this.#uses.length = 0;
    this.#totals.clear();
    this.#count = 0;
  }
}
