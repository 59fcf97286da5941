import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Egress, type OpenRoute, openEgress } from '#server/egress/egress.ts';
import {
  type Adapter,
  type Artifact,
  adapterFor,
  type Call,
  type Context,
  type Done,
  type InputFile,
  type Operation,
  type Provider,
  ProviderFault,
  type ReplyAdapter,
  type TaskAdapter,
  type TextAdapter,
  type TextEvent,
  type Units,
} from './provider.ts';

/** A running simulator, as the sandbox starts it. */
interface Simulator {
  url: string;
  close(): Promise<void>;
}

export interface ContractCall {
  operation: Operation;
  model: string;
  /** Without the words: those go to `messages` or `prompt`. */
  params?: Record<string, unknown>;
  files?: InputFile[];
  /** Kinds of artifacts to come. */
  yields?: 'image' | 'video' | 'audio';
  /** The operation takes no words, so that nothing can be typed into it to make it fail. */
  wordless?: true;
  /** The provider has no filter: its models decline in words, which is an answer like any other. */
  declinesInWords?: true;
  /** How our units agree with the simulator's books, where those are kept in other words. */
  agrees?(used: Record<string, number>, booked: Record<string, number>): void;
}

interface ContractOptions {
  start(): Promise<Simulator>;
  /** Control route that tells a good key, where keys are made and not chosen. */
  keyPath?: string;
  calls: ContractCall[];
}

const GOOD_KEY = 'contract-test-key';

/** What every adapter must do, driven over real HTTP against the provider's simulator. */
export function contractTests(provider: Provider, { start, keyPath, calls }: ContractOptions): void {
  const bench = openBench(provider, start, keyPath);
  for (const call of calls) {
    describe(`${provider.id} ${call.operation}: ${call.model}`, () => {
      const adapter = adapterFor(provider, call.operation, call.model);
      succeeds(bench, adapter, call);
      refusesKey(bench, adapter, call);
      if (call.wordless) return;
      mapsFaults(bench, adapter, call);
      if (adapter.kind === 'stream') cutsAreFaults(bench, adapter, call);
      if (adapter.kind === 'task') watches(bench, adapter, call);
    });
  }
}

export interface Bench {
  context(key?: string): Context;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  lastUse(model: string): Promise<{ units: Record<string, number>; charged: boolean } | undefined>;
}

/** Starts the simulator for a test file, with the real way out in front of it. */
export function openBench(provider: Provider, start: () => Promise<Simulator>, keyPath?: string): Bench {
  let goodKey = `${provider.settings.keyPrefix ?? ''}${GOOD_KEY}`;
  let simulator: Simulator;
  let egress: Egress;
  beforeAll(async () => {
    simulator = await start();
    egress = openEgress();
    if (keyPath !== undefined) goodKey = JSON.stringify(await control('GET', keyPath));
  });
  afterAll(async () => {
    await egress.close();
    await simulator.close();
  });
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${simulator.url}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  beforeEach(async () => {
    await control('DELETE', 'tally');
    await control('DELETE', 'faults');
    await control('DELETE', 'requests');
  });
  return {
    control,
    context(key = goodKey) {
      const { pathname } = new URL(provider.settings.defaultBaseUrl);
      const route: OpenRoute = {
        id: `${provider.id}-test`,
        baseUrl: simulator.url + pathname.replace(/\/$/, ''),
        key,
        region: 'test',
        sandbox: true,
        extra: Object.fromEntries((provider.settings.extra ?? []).map((name) => [name, `test-${name}`])),
      };
      const passage = {
        provider: provider.id,
        route,
        resultHosts: provider.resultHosts,
        hashKey: createSecretKey(randomBytes(32)),
        onReceipt: () => undefined,
      };
      const { signal } = new AbortController();
      return { route, signal, send: (request) => egress.send(passage, request) };
    },
    async lastUse(model) {
      const { uses } = (await control('GET', 'tally')) as {
        uses: { model: string; units: Record<string, number>; charged: boolean }[];
      };
      return uses.findLast((use) => use.model === model);
    },
  };
}

export function aCall(call: ContractCall, words = 'A lighthouse at dusk'): Call {
  const told = call.wordless
    ? {}
    : call.operation === 'text'
      ? { messages: [{ role: 'user', content: words }] }
      : { prompt: words };
  return {
    generationId: crypto.randomUUID(),
    operation: call.operation,
    upstreamModel: call.model,
    params: { ...told, ...call.params },
    files: call.files ?? [],
    memberHash: 'a3f0c1',
  };
}

function succeeds(bench: Bench, adapter: Adapter, call: ContractCall): void {
  test('reports exactly what the provider counted, within the bound that was held', async () => {
    const sent = aCall(call);
    const { usage } = await run(bench, adapter, sent);
    // The provider's books may close a moment after the last byte.
    const tallied = await vi.waitUntil(() => bench.lastUse(call.model));
    expect(tallied).toMatchObject({ charged: true });
    expect(usage).not.toBeNull();
    const agrees = call.agrees ?? ((used, booked) => expect(used).toEqual(booked));
    agrees(numbers(usage!), withoutZeros(tallied!.units));
    const bound =
      adapter.kind === 'stream' ? adapter.bound(sent, { maxOutputTokens: 8192 }) : adapter.bound(sent);
    expectWithin(usage!, bound);
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
  test('a job is found again from what was kept of it as JSON', async () => {
    const state = await adapter.submit(aCall(call), bench.context());
    if (state.state !== 'running') throw new Error('done at once');
    const kept = JSON.parse(JSON.stringify(state.task));
    expect(await adapter.poll(kept, bench.context())).toMatchObject({ state: 'running' });
    const done = await finish(bench, adapter, kept);
    expect(done.usage).not.toBeNull();
  });
}

/** Runs a call to its end, whatever its shape. */
export async function run(
  bench: Bench,
  adapter: Adapter,
  call: Call,
  context = bench.context(),
): Promise<Done> {
  switch (adapter.kind) {
    case 'stream': {
      const end = (await collect(adapter, bench, call, context)).at(-1);
      if (end?.type !== 'end') throw new Error('a stream must end with an end');
      return { state: 'done', artifacts: [], usage: end.usage };
    }
    case 'reply':
      return (adapter as ReplyAdapter).run(call, context);
    case 'task': {
      const state = await adapter.submit(call, context);
      return state.state === 'done' ? state : finish(bench, adapter, state.task);
    }
    default:
      return adapter satisfies never;
  }
}

export async function collect(
  adapter: TextAdapter,
  bench: Bench,
  call: Call,
  context = bench.context(),
): Promise<TextEvent[]> {
  const events: TextEvent[] = [];
  for await (const event of adapter.stream(call, context)) events.push(event);
  return events;
}

/** Lets the simulator's time pass, and polls until the job ends. */
async function finish(
  bench: Bench,
  adapter: TaskAdapter,
  task: Parameters<TaskAdapter['poll']>[0],
): Promise<Done> {
  let kept = task;
  for (let polls = 0; polls < 20; polls++) {
    await bench.control('POST', 'clock', { advanceSeconds: 120 });
    const state = await adapter.poll(kept, bench.context());
    if (state.state === 'done') return state;
    kept = state.task;
  }
  throw new Error('the job did not end within 20 polls');
}

async function fetched(bench: Bench, artifact: Artifact): Promise<{ bytes: Buffer; mediaType: string }> {
  if ('bytes' in artifact) return artifact;
  const answer = await bench
    .context()
    .send({ method: 'GET', url: artifact.url, headers: artifact.headers, kinds: ['none'] });
  expect(answer.status).toBe(200);
  return { bytes: await answer.bytes(), mediaType: answer.headers['content-type'] ?? '' };
}

export async function faultOf(work: Promise<unknown>): Promise<ProviderFault> {
  const error = await work.then(
    () => new Error('no fault'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderFault)) throw error;
  return error;
}

function numbers(units: Units): Record<string, number> {
  return Object.fromEntries(Object.entries(units).map(([unit, count]) => [unit, Number(count)]));
}

function withoutZeros(units: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(units).filter(([, count]) => count > 0));
}
