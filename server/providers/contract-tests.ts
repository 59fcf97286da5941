import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectToFit, specsMissing } from '#sandbox/kit/specs.ts';
import { startListener } from '#sandbox/kit/test-listener.ts';
import {
  aCall,
  type Bench,
  type ContractCall,
  collect,
  faultOf,
  fetched,
  finish,
  openBench,
  run,
  type Simulator,
} from './contract-bench.ts';
import {
  type Adapter,
  adapterFor,
  type Provider,
  ProviderFault,
  type TaskAdapter,
  type TextAdapter,
  type TextEvent,
  type Units,
} from './provider.ts';

interface ContractOptions {
  start(): Promise<Simulator>;
  /** Control route that tells a good key, where keys are made and not chosen. */
  keyPath?: string;
  calls: ContractCall[];
  /** Settings beside the key, such as the secret that signs callbacks. */
  extra?: Record<string, string>;
  /** Callbacks are signed. Absent: they are hints that anybody could send. */
  signsCallbacks?: true;
  /** Of every call here. */
  usage?: ContractCall['usage'];
}

/** What every adapter must do, driven over real HTTP against the provider's simulator. */
export function contractTests(provider: Provider, options: ContractOptions): void {
  const { start, keyPath, calls, extra, signsCallbacks: signs = false } = options;
  const bench = openBench(provider, start, keyPath, extra);
  for (const each of calls) {
    const call: ContractCall = { usage: options.usage, ...each };
    describe(`${provider.id} ${call.operation}: ${call.model}`, () => {
      const adapter = adapterFor(provider, call.operation, call.model);
      succeeds(bench, adapter, call);
      if (call.fits !== undefined) fitsDescription(bench, adapter, call, call.fits);
      if (!call.keyless) refusesKey(bench, adapter, call);
      settles(bench, adapter, call);
      if (call.wordless) return;
      mapsFaults(bench, adapter, call);
      if (adapter.kind === 'stream') cutsAreFaults(bench, adapter, call);
      if (adapter.kind === 'task') watches(bench, adapter, call);
      if (adapter.kind === 'task' && adapter.verifyWebhook !== undefined && !call.neverCallsBack)
        hears(bench, adapter, call, signs);
    });
  }
}

function succeeds(bench: Bench, adapter: Adapter, call: ContractCall): void {
  test('reports exactly what the provider counted, within the bound that was held', async () => {
    const sent = aCall(call);
    const { usage } = await run(bench, adapter, sent);
    // The provider's books may close a moment after the last byte.
    const tallied = await vi.waitUntil(() => bench.lastUse(call.bookedAs ?? call.model));
    expect(tallied).toMatchObject({ charged: true });
    expect(usage).not.toBeNull();
    const agrees = call.agrees ?? ((used, booked) => expect(used).toEqual(booked));
    agrees(numbers(usage!), withoutZeros(tallied!.units));
    const bound =
      adapter.kind === 'stream' ? adapter.bound(sent, { maxOutputTokens: 8192 }) : adapter.bound(sent);
    if (!call.boundInMoney) expectWithin(usage!, bound);
  });
  if (call.yields === undefined) return;
  test(`delivers ${call.yields} that can be fetched`, async () => {
    const { artifacts } = await run(bench, adapter, aCall(call));
    expect(artifacts.length).toBeGreaterThan(0);
    for (const artifact of artifacts) {
      const { bytes, mediaType } = await fetched(bench, artifact);
      expect(bytes.length).toBeGreaterThan(100);
      expect(mediaType).toMatch(new RegExp(`^(${call.yields}/|application/octet-stream)`));
    }
  });
}

/** What is cached or written to a cache was held as plain input. */
const heldAs: Record<string, string> = {
  cached_input_token: 'input_token',
  cache_write_token: 'input_token',
  cache_write_hour_token: 'input_token',
  cached_input_image_token: 'input_image_token',
  credit: 'character',
};

function expectWithin(usage: Units, bound: Units): void {
  const sums: Record<string, bigint> = {};
  for (const [unit, count] of Object.entries(usage)) {
    const held = unit in bound ? unit : (heldAs[unit] ?? unit);
    sums[held] = (sums[held] ?? 0n) + count;
  }
  for (const [unit, count] of Object.entries(sums)) {
    const held = (bound as Record<string, bigint>)[unit] ?? 0n;
    expect(held >= count, `${unit}: used ${count}, held ${held}`).toBe(true);
  }
}

function fitsDescription(
  bench: Bench,
  adapter: Adapter,
  call: ContractCall,
  [document, schema]: [string, string],
): void {
  test.skipIf(specsMissing !== null)(
    'the request fits the description that the provider publishes',
    async () => {
      await run(bench, adapter, aCall(call));
      expectToFit(await bench.lastBody(), document, `/components/schemas/${schema}`, true);
    },
  );
}

function refusesKey(bench: Bench, adapter: Adapter, call: ContractCall): void {
  test('a key that the provider refuses is the operator’s fault, and nothing was accepted', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call), bench.context('invalid-key-0000')));
    expect(fault, fault.detail).toMatchObject({ kind: 'auth', accepted: 'no' });
  });
}

function mapsFaults(bench: Bench, adapter: Adapter, call: ContractCall): void {
  test('429 is «wait», with the provider’s own delay', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:429]')));
    expect(fault, fault.detail).toMatchObject({ kind: 'rate_limited', accepted: 'no' });
  });
  test('503 is «too busy», and nothing was accepted', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:503]')));
    expect(fault).toMatchObject({ kind: 'overloaded', accepted: 'no' });
  });
  test('500 may have been accepted', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:500]')));
    expect(fault).toMatchObject({ kind: 'unknown', accepted: 'maybe' });
  });
  test('an answer that never came may have been accepted', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:lost]')));
    expect(fault.accepted).not.toBe('no');
  });
  if (call.declinesInWords) return;
  if (call.operation === 'text') {
    test('a refusal is told as one', async () => {
      const events = await collect(adapter as TextAdapter, bench, aCall(call, 'x [sandbox:refuse]')).catch(
        (error: unknown) => error,
      );
      if (events instanceof ProviderFault) expect(events.kind).toBe('rejected_content');
      else
        expect(events).toSatisfy((all: TextEvent[]) =>
          all.some(
            (each) => each.type === 'refusal' || (each.type === 'end' && each.finish === 'content_filter'),
          ),
        );
    });
    return;
  }
  test('refused content is told as such', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:refuse]')));
    expect(fault.kind).toBe('rejected_content');
  });
}

function cutsAreFaults(bench: Bench, adapter: TextAdapter, call: ContractCall): void {
  test('a cut stream throws after what had arrived, and counts as accepted', async () => {
    const seen: TextEvent[] = [];
    const fault = await faultOf(
      (async () => {
        for await (const event of adapter.stream(aCall(call, 'x [sandbox:cut]'), bench.context()))
          seen.push(event);
      })(),
    );
    expect(fault).toMatchObject({ kind: 'unknown', accepted: 'yes' });
    expect(seen.some((event) => event.type === 'end')).toBe(false);
  });
  test('an error inside the stream throws, and counts as accepted', async () => {
    const fault = await faultOf(collect(adapter, bench, aCall(call, 'x [sandbox:error]')));
    expect(fault.accepted).not.toBe('no');
  });
}

function watches(bench: Bench, adapter: TaskAdapter, call: ContractCall): void {
  test('work that fails after it was accepted ends as a fault', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:error]')));
    expect(fault.kind).toBe('unknown');
  });
  test('output withheld after the work is refused content', async () => {
    const fault = await faultOf(run(bench, adapter, aCall(call, 'x [sandbox:moderated]')));
    expect(fault.kind).toBe('rejected_content');
  });
  test('a job is found again from what was kept of it as JSON, and tells its end as often as it is asked', async () => {
    const state = await adapter.submit(aCall(call), bench.context());
    if (state.state !== 'running') throw new Error('done at once');
    const kept = JSON.parse(JSON.stringify(state.task));
    expect(await adapter.poll(kept, bench.context())).toMatchObject({ state: 'running' });
    const done = await finish(bench, adapter, kept);
    expect(done.usage).not.toBeNull();
    // A callback may come twice, and each makes us ask again.
    expect(await adapter.poll(kept, bench.context())).toMatchObject({ state: 'done', usage: done.usage });
  });
  test.runIf(adapter.cancel !== undefined)('a job can be cancelled', async () => {
    const state = await adapter.submit(aCall(call), bench.context());
    if (state.state !== 'running') throw new Error('done at once');
    expect(typeof (await adapter.cancel!(state.task, bench.context()))).toBe('boolean');
  });
}

/** The simulator tells twice what was used: whether we believe it says where our number comes from. */
function settles(bench: Bench, adapter: Adapter, call: ContractCall): void {
  const title =
    call.usage === 'asked'
      ? 'settles on what was asked for, as the provider tells no number'
      : 'settles on the number that the provider tells, whatever was expected';
  test(title, async () => {
    const usual = await run(bench, adapter, aCall(call));
    await bench.control('POST', 'faults', { times: 1, fault: { usageFactor: 2 } });
    const told = await run(bench, adapter, aCall(call));
    if (call.usage === 'asked') expect(told.usage).toEqual(usual.usage);
    else expect(told.usage).not.toEqual(usual.usage);
  });
}

/** A callback that really comes, to an address of ours. */
function hears(bench: Bench, adapter: TaskAdapter, call: ContractCall, signs: boolean): void {
  const title = signs
    ? 'a callback speaks of its job, and is refused when its signature does not fit'
    : 'a callback speaks of its job, and is a hint that anybody could send';
  test(title, async () => {
    const listener = await startListener();
    const sent = { ...aCall(call), webhook: { url: listener.url, secret: 'a secret of ours' } };
    const state = await adapter.submit(sent, bench.context());
    if (state.state !== 'running') throw new Error('done at once');
    const { now } = (await bench.control('POST', 'clock', { advanceSeconds: 60 })) as { now: string };
    await vi.waitUntil(() => listener.calls.length > 0, { timeout: 10_000 });
    listener.close();
    // Signatures hold for minutes, and the simulator's clock is hours ahead by now.
    vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { headers, body } = listener.calls.at(-1)!;
    const holds = (raw: string) =>
      adapter.verifyWebhook!(
        headers as Record<string, string | undefined>,
        Buffer.from(raw),
        sent.webhook.secret,
        bench.context().route,
      );
    expect(holds(body)).toBe(true);
    expect(holds(`${body} `)).toBe(!signs);
    if (adapter.taskFromWebhook !== undefined)
      expect(adapter.taskFromWebhook(Buffer.from(body))).toMatchObject({ id: state.task.id });
  });
}

function numbers(units: Units): Record<string, number> {
  return Object.fromEntries(Object.entries(units).map(([unit, count]) => [unit, Number(count)]));
}

function withoutZeros(units: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(units).filter(([, count]) => count > 0));
}
