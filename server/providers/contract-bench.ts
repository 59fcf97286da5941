import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Egress, type OpenRoute, openEgress } from '#server/egress/egress.ts';
import {
  type Adapter,
  type Artifact,
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
} from './provider.ts';

/** A running simulator, as the sandbox starts it. */
export interface Simulator {
  url: string;
  close(): Promise<void>;
}

export interface ContractCall {
  operation: Operation;
  model: string;
  /** The model's name in the simulator's books, where it is another. */
  bookedAs?: string;
  /** Without the words: those go to `messages` or `prompt`. */
  params?: Record<string, unknown>;
  files?: InputFile[];
  /** Kinds of artifacts to come. */
  yields?: 'image' | 'video' | 'audio';
  /** Charged in another unit than it is held in: the catalogue's tests compare the money. */
  boundInMoney?: true;
  /** The host asks for no key. */
  keyless?: true;
  /** The operation takes no words, so that nothing can be typed into it to make it fail. */
  wordless?: true;
  /** The provider has no filter: its models decline in words, which is an answer like any other. */
  declinesInWords?: true;
  /** Schema of the request body in the provider's published description: `['openai', 'CreateSpeechRequest']`. */
  fits?: [document: string, schema: string];
  /** `asked`: the provider tells no number, and its page charges what was asked for. Absent: it tells one. */
  usage?: 'asked';
  /** The model takes no address to call back. */
  neverCallsBack?: true;
  /** How our units agree with the simulator's books, where those are kept in other words. */
  agrees?(used: Record<string, number>, booked: Record<string, number>): void;
}

const GOOD_KEY = 'contract-test-key';

export interface Bench {
  context(key?: string): Context;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The JSON of the last request that was no query. */
  lastBody(): Promise<unknown>;
  lastUse(model: string): Promise<{ units: Record<string, number>; charged: boolean } | undefined>;
}

/** Starts the simulator for a test file, with the real way out in front of it. */
export function openBench(
  provider: Provider,
  start: () => Promise<Simulator>,
  keyPath?: string,
  extra: Record<string, string> = {},
): Bench {
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
        extra: Object.fromEntries(
          (provider.settings.extra ?? []).map((name) => [name, extra[name] ?? `test-${name}`]),
        ),
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
    async lastBody() {
      const { requests } = (await control('GET', 'requests')) as {
        requests: { method: string; body?: string }[];
      };
      return JSON.parse(
        requests.findLast(({ method, body }) => method === 'POST' && body?.startsWith('{'))?.body ?? 'null',
      );
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
export async function finish(
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

export async function fetched(
  bench: Bench,
  artifact: Artifact,
): Promise<{ bytes: Buffer; mediaType: string }> {
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
