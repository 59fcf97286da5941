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
/** Less than the longest time that a timer takes. */
const NO_END_MS = 20 * 86_400_000;

/** The tasks of one simulator. They end by its clock; `onEnd` runs once then, unless the task was cancelled. */
export class Tasks<Request> {
  readonly #tasks = new Map<string, Task<Request>>();
  /** How often those that wait to be asked for still want to be. */
  readonly #shy = new Map<Task<Request>, number>();
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
    const { polls, taskSeconds = usualSeconds } = task.fault;
    const endsAt = startedAt + (polls === undefined ? taskSeconds * 1000 : NO_END_MS);
    const started: Task<Request> = { ...task, startedAt, endsAt };
    this.#tasks.set(task.id, started);
    if (this.#tasks.size > KEPT) this.#tasks.delete(this.#tasks.keys().next().value as string);
    if (polls !== undefined) this.#shy.set(started, polls);
    else {
      this.#world.clock.when(endsAt, () => {
        if (started.canceledAt === undefined) this.#onEnd(started);
      });
    }
    return started;
  }

  /** For whoever asks how it stands. */
  find(id: string): Task<Request> | undefined {
    const task = this.#tasks.get(id);
    if (task !== undefined && this.#shy.has(task)) this.#beAsked(task);
    return task;
  }

  #beAsked(task: Task<Request>): void {
    const left = (this.#shy.get(task) ?? 0) - 1;
    this.#shy.set(task, left);
    if (left > 0) return;
    this.#shy.delete(task);
    if (task.canceledAt !== undefined) return;
    task.endsAt = this.#world.clock.now();
    this.#onEnd(task);
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
