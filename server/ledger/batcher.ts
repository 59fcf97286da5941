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
/** From measurements: below it, two batches side by side cost more than one after the other (docs/decisions/ledger-hot-path.md). */
const WORTH_A_LANE = 48;

/**
 * Gathers the callers of one process without a timer: while a batch is under way the next one fills, so load makes
 * the batch and a lone caller waits for nobody. `run` answers one result per item, in order, and must do nothing when
 * it throws (one transaction). A batch that throws is halved until the item at fault stands alone and only its caller
 * gets the error; items are then sent a second time, so `run` must know repeats by their ids.
 *
 * With lanes, several batches are under way at a time, each of items of one lane: what would wait for each other's locks
 * belongs in one lane. Small batches are dearer by the item, so a lane goes beside others only with `WORTH_A_LANE`
 * items, and few items of all lanes go as one batch.
 */
export function createBatcher<Item, Result>(options: {
  run(items: Item[], lane: number): Promise<Result[]>;
  /** Items of one batch at most. */
  max?: number;
  /** 1 by default. */
  lanes?: number;
  /** From 0. */
  laneOf?(item: Item): number;
}): Batcher<Item, Result> {
  const { run, max = 256, lanes = 1, laneOf = () => 0 } = options;
  const queues: Waiting<Item, Result>[][] = Array.from({ length: lanes }, () => []);
  const busy = queues.map(() => false);
  const waiting = () => queues.reduce((sum, queue) => sum + queue.length, 0);
  let underWay = 0;
  let scheduled = false;
  let closed = false;
  let whenIdle: (() => void) | null = null;

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    // After what runs now, with all that it adds. Not by setImmediate: a lone caller would wait for a turn of the loop.
    process.nextTick(begin);
  };
  const begin = () => {
    scheduled = false;
    const alone = !busy.includes(true);
    if (alone && waiting() === 0) whenIdle?.();
    else if (alone && waiting() <= Math.min(max, WORTH_A_LANE * lanes)) {
      const few = queues.flatMap((queue) => queue.splice(0));
      void send(laneOf(few[0]!.item), few, queues.keys().toArray());
    } else {
      for (const [lane, queue] of queues.entries())
        if (!busy[lane] && queue.length >= (alone ? 1 : WORTH_A_LANE))
          void send(lane, queue.splice(0, max), [lane]);
    }
  };
  const send = async (lane: number, batch: Waiting<Item, Result>[], occupied: number[]) => {
    for (const one of occupied) busy[one] = true;
    underWay += batch.length;
    await settle((items) => run(items, lane), batch);
    underWay -= batch.length;
    // Callers that were answered just now may ask again at once: let them join the next batch.
    await new Promise((resolve) => setImmediate(resolve));
    for (const one of occupied) busy[one] = false;
    schedule();
  };

  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        if (closed) return reject(new Error('the batcher is closed'));
        queues[laneOf(item)]!.push({ item, resolve, reject });
        schedule();
      }),
    get size() {
      return waiting() + underWay;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      if (busy.includes(true) || waiting() > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
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
