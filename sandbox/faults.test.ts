import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from './kit/faults.ts';
import { startListener } from './kit/test-listener.ts';
import { type Sandbox, startSandbox } from './start.ts';

/** Every simulator obeys every switch of the README that fits what it does. */
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

// biome-ignore lint/suspicious/noExplicitAny: answers of eleven providers
type Answer = any;

interface Door {
  simulator: string;
  path: string;
  headers: Record<string, string>;
  body(prompt: string, callback?: string): unknown;
  /** `body` becomes a form, with a file in this field. */
  fileField?: string;
  /** Reports no units of its own; they are what was ordered. */
  countsNothing?: true;
}

interface TaskDoor extends Door {
  /** A request that shows how the task stands. */
  poll(created: Answer): { path: string; body?: unknown };
  state(polled: Answer): 'active' | 'succeeded' | 'failed';
  /** Where the result is. Absent: it comes with the answer, or from the same host under the same key. */
  result?(polled: Answer): { url: string } | { path: string };
  /** Calls for one task that goes well. Absent: it calls nobody. */
  calls?: number;
  /** Callback in the address, not in the body. */
  callbackPath?(callback: string): string;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const cloud = '/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001';

const tasks: TaskDoor[] = [
  {
    simulator: 'flux',
    path: '/v1/flux-2-pro',
    headers: { 'x-key': 'sandbox-key' },
    body: (prompt, webhook_url) => ({ prompt, width: 64, height: 64, ...(webhook_url && { webhook_url }) }),
    poll: ({ id }) => ({ path: `/v1/get_result?id=${id}` }),
    state: ({ status }) =>
      status === 'Ready' ? 'succeeded' : ['Pending', 'Generating'].includes(status) ? 'active' : 'failed',
    result: ({ result }) => ({ url: result.sample }),
    calls: 1,
  },
  {
    simulator: 'kling',
    path: '/text-to-video/kling-3.0',
    headers: bearer('sandbox-key'),
    body: (prompt, callback_url) => ({
      prompt,
      settings: { duration: 3 },
      ...(callback_url && { options: { callback_url } }),
    }),
    poll: ({ data }) => ({ path: `/tasks?task_ids=${data.id}` }),
    state: ({ data: [{ status }] }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ data: [{ outputs }] }) => ({ url: outputs[0].url }),
    calls: 3,
  },
  {
    simulator: 'seedance',
    path: '/api/v3/contents/generations/tasks',
    headers: bearer('sandbox-key'),
    body: (text, callback_url) => ({
      model: 'dreamina-seedance-2-0-260128',
      content: [{ type: 'text', text }],
      duration: 4,
      ...(callback_url && { callback_url }),
    }),
    poll: ({ id }) => ({ path: `/api/v3/contents/generations/tasks/${id}` }),
    state: ({ status }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ content }) => ({ url: content.video_url }),
    calls: 3,
  },
  {
    simulator: 'qwen',
    path: '/api/v1/services/aigc/video-generation/video-synthesis',
    headers: { ...bearer('sk-x'), 'x-dashscope-async': 'enable' },
    body: (prompt) => ({ model: 'wan2.7-t2v', input: { prompt }, parameters: { duration: 2 } }),
    poll: ({ output }) => ({ path: `/api/v1/tasks/${output.task_id}` }),
    state: ({ output: { task_status: status } }) =>
      status === 'SUCCEEDED' ? 'succeeded' : status === 'FAILED' ? 'failed' : 'active',
    result: ({ output }) => ({ url: output.video_url }),
  },
  {
    simulator: 'fal',
    path: '/fal-ai/flux-2-pro',
    headers: { authorization: 'Key sandbox-key' },
    body: (prompt) => ({ prompt, image_size: 'square' }),
    callbackPath: (url) => `/fal-ai/flux-2-pro?fal_webhook=${encodeURIComponent(url)}`,
    poll: ({ status_url }) => ({ path: new URL(status_url).pathname }),
    state: ({ status, error }) =>
      status !== 'COMPLETED' ? 'active' : error === undefined ? 'succeeded' : 'failed',
    result: ({ response_url }) => ({ path: new URL(response_url).pathname }),
    calls: 1,
  },
  {
    simulator: 'replicate',
    path: '/v1/models/black-forest-labs/flux-2-pro/predictions',
    headers: bearer('r8_x'),
    body: (prompt, webhook) => ({
      input: { prompt },
      ...(webhook && { webhook, webhook_events_filter: ['completed'] }),
    }),
    poll: ({ id }) => ({ path: `/v1/predictions/${id}` }),
    state: ({ status }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ output }) => ({ url: [output].flat()[0] }),
    calls: 1,
  },
  {
    simulator: 'google',
    path: '/v1beta/interactions',
    headers: { 'x-goog-api-key': 'AIza' },
    body: (text, callback) => ({
      model: 'gemini-omni-1.1-flash',
      background: true,
      input: [{ type: 'text', text }],
      response_format: { type: 'video', duration: '3s', resolution: '360p' },
      ...(callback && { webhook_config: { uris: [callback] } }),
    }),
    poll: ({ id }) => ({ path: `/v1beta/interactions/${id}` }),
    state: ({ status }) => (status === 'completed' ? 'succeeded' : status === 'failed' ? 'failed' : 'active'),
    calls: 1,
  },
  {
    simulator: 'google-cloud',
    path: `${cloud}:predictLongRunning`,
    headers: bearer('ya29.sandbox-key'),
    body: (prompt) => ({ instances: [{ prompt }], parameters: { durationSeconds: 4, sampleCount: 1 } }),
    poll: ({ name }) => ({ path: `${cloud}:fetchPredictOperation`, body: { operationName: name } }),
    state: ({ done, error }) => (!done ? 'active' : error === undefined ? 'succeeded' : 'failed'),
    countsNothing: true,
  },
];

const words = (model: string) => (content: string) => ({
  model,
  max_tokens: 30,
  messages: [{ role: 'user', content }],
});

/** Answered in the one request. */
const direct: Door[] = [
  { simulator: 'openai', path: '/v1/chat/completions', headers: bearer('sk-x'), body: words('gpt-4o') },
  {
    simulator: 'openai',
    path: '/v1/responses',
    headers: bearer('sk-x'),
    body: (input) => ({ model: 'gpt-6-luna', input }),
  },
  {
    simulator: 'openai',
    path: '/v1/images/generations',
    headers: bearer('sk-x'),
    body: (prompt) => ({ model: 'gpt-image-2', prompt, size: '1024x1024', quality: 'low' }),
  },
  {
    simulator: 'openai',
    path: '/v1/audio/speech',
    headers: bearer('sk-x'),
    body: (input) => ({ model: 'gpt-4o-mini-tts', input, voice: 'alloy' }),
  },
  {
    simulator: 'anthropic',
    path: '/v1/messages',
    headers: { 'x-api-key': 'sk-ant-x', 'anthropic-version': '2023-06-01' },
    body: words('claude-sonnet-5'),
  },
  {
    simulator: 'google',
    path: '/v1beta/models/gemini-3.8-flash:generateContent',
    headers: { 'x-goog-api-key': 'AIza' },
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
  },
  {
    simulator: 'seedance',
    path: '/api/v3/images/generations',
    headers: bearer('sandbox-key'),
    body: (prompt) => ({ model: 'seedream-4-5-251128', prompt, size: '2K' }),
  },
  {
    simulator: 'qwen',
    path: '/api/v1/services/aigc/multimodal-generation/generation',
    headers: bearer('sk-x'),
    body: (text) => ({
      model: 'qwen-image-3.0',
      input: { messages: [{ role: 'user', content: [{ text }] }] },
      parameters: { n: 1 },
    }),
  },
  {
    simulator: 'qwen',
    path: '/compatible-mode/v1/chat/completions',
    headers: bearer('sk-x'),
    body: words('qwen3.7-plus'),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb',
    headers: { 'xi-api-key': 'sk_x' },
    body: (text) => ({ text }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/sound-generation',
    headers: { 'xi-api-key': 'sk_x' },
    body: (text) => ({ text, duration_seconds: 1 }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/music',
    headers: { 'xi-api-key': 'sk_x' },
    body: (prompt) => ({ prompt, music_length_ms: 3000 }),
  },
  {
    simulator: 'openai-compatible',
    path: '/v1/chat/completions',
    headers: {},
    body: words('llama4:8b'),
  },
  ...Object.entries({
    deepseek: ['/chat/completions', 'sk-sandbox', 'deepseek-flash'],
    mistral: ['/v1/chat/completions', 'sandbox-key', 'mistral-large-4'],
  }).map(([simulator, [path = '', key = '', model = '']]) => ({
    simulator,
    path,
    headers: bearer(key),
    body: words(model),
  })),
];

const send = (door: Door, prompt: string, callback?: string) => {
  const path =
    callback === undefined ? door.path : ((door as TaskDoor).callbackPath?.(callback) ?? door.path);
  return ask(door, path, door.body(prompt, callback));
};

function ask(door: Door, path: string, body?: unknown): Promise<Response> {
  return fetch(`${sandbox.urls[door.simulator]}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...door.headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const control = async (door: Door, method: string, name: string, body?: unknown): Promise<Answer> =>
  (
    await fetch(`${sandbox.urls[door.simulator]}/_control/${name}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  ).json();

const queue = (door: Door, fault: Fault, times = 1) =>
  control(door, 'POST', 'faults', { match: { path: door.path }, times, fault });

const uses = async (door: Door): Promise<Answer[]> => (await control(door, 'GET', 'tally')).uses;

async function taken(door: Door, prompt: string, callback?: string): Promise<Answer> {
  const reply = await send(door, prompt, callback);
  const said = await reply.text();
  expect(reply.ok, said).toBe(true);
  return JSON.parse(said);
}

async function look(door: TaskDoor, created: Answer): Promise<Answer> {
  const { path, body } = door.poll(created);
  return (await ask(door, path, body)).json();
}

const soon = { timeout: 15_000, interval: 50 };
const until = (door: TaskDoor, created: Answer, state: string) =>
  expect.poll(async () => door.state(await look(door, created)), soon).toBe(state);

const nameOf = ({ simulator, path }: Door) => `${simulator} ${path.slice(0, 60)}`;

describe.each([...tasks, ...direct].map((door) => [nameOf(door), door] as const))('%s', (_, door) => {
  test('refuses N times with a status and how long to wait, then takes it', async () => {
    await queue(door, { status: 429, retryAfterSeconds: 7 }, 2);
    for (let refused = 0; refused < 2; refused++) {
      const reply = await send(door, 'a boat [sandbox:seconds=0]');
      expect(reply.status).toBe(429);
      expect(reply.headers.get('retry-after')).toBe('7');
      await reply.arrayBuffer();
    }
    const reply = await send(door, 'a boat [sandbox:seconds=0]');
    expect(reply.status, await reply.text()).toBeLessThan(300);
    await queue(door, { status: 503 });
    expect((await send(door, 'a boat')).status).toBe(503);
  });

  test('waits before it answers', async () => {
    const begun = performance.now();
    await (await send(door, 'a boat [sandbox:seconds=0] [sandbox:latency=400]')).arrayBuffer();
    expect(performance.now() - begun).toBeGreaterThan(390);
  });

  test('drops the connection before accepting: nothing is counted', async () => {
    await expect(
      send(door, 'a boat [sandbox:dropped] [sandbox:seconds=0] [sandbox:mark=11]'),
    ).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await uses(door)).filter(({ mark }) => mark === 11)).toEqual([]);
  });

  test('loses the answer after accepting: the work is counted', async () => {
    const lost = send(door, 'a boat [sandbox:lost] [sandbox:seconds=0] [sandbox:mark=12]').then((reply) =>
      reply.arrayBuffer(),
    );
    await expect(lost).rejects.toThrow();
    await expect
      .poll(async () => (await uses(door)).filter(({ mark }) => mark === 12).length, soon)
      .toBeGreaterThan(0);
  });

  test.skipIf(door.countsNothing)('counts another number than was to be expected', async () => {
    const counted = async (mark: number, extra: string) => {
      await (await send(door, `a boat [sandbox:seconds=0] [sandbox:mark=${mark}]${extra}`)).arrayBuffer();
      const own = async () => (await uses(door)).find((use) => use.mark === mark);
      await expect.poll(own, soon).toBeDefined();
      return Object.values((await own()).units as Record<string, number>);
    };
    const usual = await counted(13, '');
    const wrong = await counted(14, ' [sandbox:usage=3]');
    expect(Math.max(...wrong.map((count, at) => count / (usual[at] || 1)))).toBeGreaterThan(2.5);
  });

  test('fails', async () => {
    const reply = await send(door, 'a boat [sandbox:error] [sandbox:seconds=0]');
    if ('poll' in door) await until(door as TaskDoor, await reply.json(), 'failed');
    else expect(reply.status).toBeGreaterThanOrEqual(400);
  });
});

describe.each(tasks.map((door) => [nameOf(door), door] as const))('%s', (_, door) => {
  test('takes as long as it is told', async () => {
    const created = await taken(door, 'a boat [sandbox:seconds=600]');
    expect(door.state(await look(door, created))).toBe('active');
    await control(door, 'POST', 'clock', { advanceSeconds: 601 });
    expect(door.state(await look(door, created))).toBe('succeeded');
  });

  test('ends when it was asked for N times, and not before', async () => {
    const created = await taken(door, 'a boat [sandbox:polls=3]');
    const seen: string[] = [];
    for (let asked = 0; asked < 4; asked++) seen.push(door.state(await look(door, created)));
    expect(seen).toEqual(['active', 'active', 'succeeded', 'succeeded']);
  });

  test('a poll can go wrong, and the next one is right', async () => {
    const created = await taken(door, 'a boat [sandbox:seconds=0]');
    const { path } = door.poll(created);
    const match = { path: path.split('?')[0] };
    await control(door, 'POST', 'faults', { match, times: 1, fault: { status: 500 } });
    const { body } = door.poll(created);
    expect((await ask(door, path, body)).status).toBe(500);
    await until(door, created, 'succeeded');
  });

  test.skipIf(door.result === undefined)('its result is there, and gone when its time is over', async () => {
    const created = await taken(door, 'a boat [sandbox:seconds=0]');
    await until(door, created, 'succeeded');
    const found = door.result!(await look(door, created));
    const url =
      'url' in found ? found.url : ((await (await ask(door, found.path)).json()) as Answer).images[0].url;
    const there = await fetch(url);
    expect(there.status).toBe(200);
    expect((await there.arrayBuffer()).byteLength).toBeGreaterThan(100);
    await control(door, 'POST', 'clock', { advanceSeconds: 400 * 86_400 });
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
  });

  const { calls: usual = 0 } = door;
  describe.skipIf(usual === 0)('its webhook', () => {
    const called = async (phrase: string) => {
      const listener = await startListener();
      onTestFinished(() => listener.close());
      await taken(door, `a boat ${phrase}`, listener.url);
      return listener;
    };

    test('comes', async () => {
      const listener = await called('[sandbox:seconds=0]');
      await listener.received(usual);
    });

    test('never comes', async () => {
      const listener = await called('[sandbox:hook_never] [sandbox:seconds=0]');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(listener.calls).toEqual([]);
    });

    test('comes twice', async () => {
      const listener = await called('[sandbox:hook_twice] [sandbox:seconds=0]');
      const calls = await listener.received(usual * 2);
      expect(calls).toHaveLength(usual * 2);
    });

    test('comes before the answer to the request', async () => {
      const listener = await startListener();
      onTestFinished(() => listener.close());
      const answer = taken(door, 'a boat [sandbox:hook_early]', listener.url);
      const first = await Promise.race([answer, listener.received(usual).then(() => 'the webhook')]);
      expect(first).toBe('the webhook');
      await answer;
    });

    test('comes late, or overtaken', async () => {
      const begun = performance.now();
      const listener = await called('[sandbox:hook_reordered] [sandbox:seconds=0]');
      await listener.received(usual);
      expect(performance.now() - begun).toBeGreaterThan(1900);
    });

    test('comes with a wrong signature', async () => {
      const listener = await called('[sandbox:hook_forged] [sandbox:seconds=0]');
      await listener.received(usual);
    });
  });
});
