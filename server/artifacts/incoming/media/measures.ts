/** What the headers of a sound or clip say. Null where they do not. */
export interface Measures {
  /** What is in it: a clip has pictures, a sound has none. */
  kind: 'audio' | 'video';
  durationSeconds: number | null;
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
}

export const soundOf = (durationSeconds: number | null): Measures => ({
  kind: 'audio',
  durationSeconds,
  width: null,
  height: null,
  framesPerSecond: null,
});
