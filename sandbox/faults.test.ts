import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { direct, type TaskDoor, tasks } from './kit/test-doors.ts';
import { nameOf, soon, visitor } from './kit/test-visitor.ts';
import { type Sandbox, startSandbox } from './start.ts';

/** Every simulator obeys every switch of the README that fits what it does. */
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const { send, queue, uses, until } = visitor(() => sandbox);

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
