import type { World } from './exchange.ts';
import type { Fault } from './faults.ts';

/** Work that a provider does in the background. */
export interface Task<Request> {
  id: string;
  model: string;
  request: Request;
  fault: Readonly<Fault>;
  startedAt: number;
  endsAt: number;
  canceledAt?: number;
}

const KEPT = 5000;

/** The tasks of one simulator. They end by its clock; `onEnd` runs once then, unless the task was cancelled. */
export class Tasks<Request> {
  readonly #tasks = new Map<string, Task<Request>>();
  readonly #world: World;
  readonly #onEnd: (task: Task<Request>) => void;

  constructor(world: World, onEnd: (task: Task<Request>) => void) {
    this.#world = world;
    this.#onEnd = onEnd;
  }

  start(
    task: Pick<Task<Request>, 'id' | 'model' | 'request' | 'fault'>,
    usualSeconds: number,
  ): Task<Request> {
    const startedAt = this.#world.clock.now();
    const endsAt = startedAt + (task.fault.taskSeconds ?? usualSeconds) * 1000;
    const started: Task<Request> = { ...task, startedAt, endsAt };
    this.#tasks.set(task.id, started);
    if (this.#tasks.size > KEPT) this.#tasks.delete(this.#tasks.keys().next().value as string);
    this.#world.clock.when(endsAt, () => {
      if (started.canceledAt === undefined) this.#onEnd(started);
    });
    return started;
  }

  find(id: string): Task<Request> | undefined {
    return this.#tasks.get(id);
  }

  all(): Task<Request>[] {
    return [...this.#tasks.values()];
  }

  isActive(task: Task<Request>): boolean {
    return task.canceledAt === undefined && this.#world.clock.now() < task.endsAt;
  }

  active(model?: string): number {
    return this.all().filter((task) => (model === undefined || task.model === model) && this.isActive(task))
      .length;
  }

  /** From 0 to 1. */
  progress(task: Task<Request>): number {
    const share = (this.#world.clock.now() - task.startedAt) / Math.max(1, task.endsAt - task.startedAt);
    return Math.round(Math.min(1, Math.max(0, share)) * 100) / 100;
  }

  /** False when the task has ended already. */
  cancel(task: Task<Request>): boolean {
    if (!this.isActive(task)) return false;
    task.canceledAt = this.#world.clock.now();
    return true;
  }
}
