export interface Batcher<Item, Result> extends AsyncDisposable {
  /** Waits for its item's result. After the batcher was disposed of, it refuses. */
  add(item: Item): Promise<Result>;
  /** Items that wait or are under way. */
  readonly size: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Serialization failure and deadlock: nothing was done, the same batch may be sent again. */
const RETRIED = new Set(['40001', '40P01']);
const TRIES = 5;

/**
 * Gathers the callers of one process without a timer: while a batch is under way the next one fills, so load makes
 * the batch and a lone caller waits for nobody. `run` answers one result per item, in order, and must do nothing when
 * it throws (one transaction). A batch that throws is halved until the item at fault stands alone and only its caller
 * gets the error; items are then sent a second time, so `run` must know repeats by their ids.
 */
export function createBatcher<Item, Result>(options: {
  run(items: Item[]): Promise<Result[]>;
  /** Items of one batch at most. */
  max?: number;
}): Batcher<Item, Result> {
  const { run, max = 256 } = options;
  let queue: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let closed = false;
  let idle: (() => void) | null = null;

  const turn = async () => {
    while (queue.length > 0) {
      const batch = queue.slice(0, max);
      queue = queue.slice(max);
      underWay = batch.length;
      await settle(run, batch);
      underWay = 0;
      // Callers that were answered just now may ask again at once: let them join the next batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
    idle?.();
  };
  let running = false;

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        if (closed) return reject(new Error('the batcher is closed'));
        queue.push({ item, resolve, reject });
        if (running) return;
        running = true;
        // After what runs now, with all that it adds. Not by setImmediate: a lone caller would wait for a turn of the loop.
        process.nextTick(() => void turn());
      }),
    get size() {
      return queue.length + underWay;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      if (running) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

async function settle<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  batch: Waiting<Item, Result>[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const results = await run(batch.map(({ item }) => item));
      if (results.length !== batch.length)
        throw new Error(`a batch of ${batch.length} got ${results.length} results`);
      batch.forEach(({ resolve }, n) => {
        resolve(results[n]!);
      });
      return;
    } catch (error) {
      if (attempt < TRIES && RETRIED.has(String((error as { code?: unknown }).code))) continue;
      if (batch.length === 1) return batch[0]!.reject(error);
      const middle = batch.length >> 1;
      await settle(run, batch.slice(0, middle));
      await settle(run, batch.slice(middle));
      return;
    }
  }
}
