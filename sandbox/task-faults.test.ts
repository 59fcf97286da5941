import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, tasks } from './kit/test-doors.ts';
import { startListener } from './kit/test-listener.ts';
import { nameOf, visitor } from './kit/test-visitor.ts';
import { type Sandbox, startSandbox } from './start.ts';

/** Every simulator of a job obeys the switches for jobs: how long, how it ends, and what its callback does. */
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const { ask, control, taken, look, until } = visitor(() => sandbox);

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
