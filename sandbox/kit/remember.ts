const KEPT_BYTES = 64 * 1024 * 1024;
const kept = new Map<string, Promise<Buffer>>();
let bytes = 0;

/**
 * What was made for the same request a while ago, or what `make` makes now. Drawing takes tens of milliseconds and a
 * video half a second: a run of thousands must measure the product, not us.
 */
export function remember(request: object, make: () => Promise<Buffer>): Promise<Buffer> {
  const key = JSON.stringify(request);
  const found = kept.get(key);
  if (found !== undefined) return found;
  const made = make();
  kept.set(key, made);
  made.then(
    ({ length }) => {
      bytes += length;
      void forget();
    },
    () => kept.delete(key),
  );
  return made;
}

/** Drops the oldest until the rest fits. */
async function forget(): Promise<void> {
  while (bytes > KEPT_BYTES && kept.size > 1) {
    const [oldest, made] = kept.entries().next().value as [string, Promise<Buffer>];
    kept.delete(oldest);
    bytes -= (await made).length;
  }
}
