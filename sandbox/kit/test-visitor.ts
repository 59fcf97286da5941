import { expect } from 'vitest';
import type { Sandbox } from '../start.ts';
import type { Fault } from './faults.ts';
import type { Answer, Door, TaskDoor } from './test-doors.ts';

/** Waiting for what comes a moment later. */
export const soon = { timeout: 15_000, interval: 50 };

export const nameOf = ({ simulator, path }: Door) => `${simulator} ${path.slice(0, 60)}`;

/** Goes through the doors of a sandbox, by its ways in and by its controls. */
export function visitor(sandbox: () => Sandbox) {
  const send = (door: Door, prompt: string, callback?: string) => {
    const path =
      callback === undefined ? door.path : ((door as TaskDoor).callbackPath?.(callback) ?? door.path);
    return ask(door, path, door.body(prompt, callback));
  };

  function ask(door: Door, path: string, body?: unknown): Promise<Response> {
    return fetch(`${sandbox().urls[door.simulator]}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...door.headers,
      },
      ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
  }

  const control = async (door: Door, method: string, name: string, body?: unknown): Promise<Answer> =>
    (
      await fetch(`${sandbox().urls[door.simulator]}/_control/${name}`, {
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

  const until = (door: TaskDoor, created: Answer, state: string) =>
    expect.poll(async () => door.state(await look(door, created)), soon).toBe(state);

  return { send, ask, control, queue, uses, taken, look, until };
}
