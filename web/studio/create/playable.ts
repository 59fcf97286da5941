/** Sound that comes piece by piece. iPhones have it by another name. */
export function sourceKind(): typeof MediaSource | undefined {
  const known = globalThis as { ManagedMediaSource?: typeof MediaSource; MediaSource?: typeof MediaSource };
  return known.ManagedMediaSource ?? known.MediaSource;
}

/** Whether this browser plays sound of this kind before all of it is there. */
export const playable = (mediaType: string): boolean => sourceKind()?.isTypeSupported(mediaType) ?? false;
