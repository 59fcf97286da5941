/** An erasure under way. */
export interface Erasing {
  erasureId: string;
  memberId: string;
  country: string | null;
  askedAt: Date;
  now: Date;
  /** By step: what it found, and when it was done. Numbers and names of ours, never content. */
  found: Map<string, { counts: Record<string, unknown>; doneAt: Date }>;
}
