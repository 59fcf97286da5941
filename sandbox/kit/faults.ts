/** How a simulator can be told to misbehave: by the control route, or by a phrase in the prompt that a person can type. */

/** One way, or several at once, in which an answer goes wrong. Fields that do not fit an operation are ignored by it. */
export interface Fault {
  /** Waits before anything else. */
  latencyMs?: number;
  /** Refuses with this status and the provider's own error body; nothing is accepted. */
  status?: number;
  /** Sent as `Retry-After` beside a status. */
  retryAfterSeconds?: number;
  /** Written beside the answer in place of the provider's own, such as what is left of a limit. */
  headers?: Record<string, string>;
  /** Destroys the socket after this many chunks of a stream. */
  cutAfterChunks?: number;
  /** Sends nothing more after this many chunks, with the socket open. */
  silentAfterChunks?: number;
  /** Pause between chunks. */
  chunkMs?: number;
  /** Makes a stream at least this long. */
  minChunks?: number;
  /** The provider refuses the prompt. */
  refuse?: boolean;
  /** The provider withholds the output after the work. */
  moderated?: boolean;
  /** The work fails after it was accepted. */
  fail?: boolean;
  /** The connection breaks before anything was accepted. */
  dropped?: boolean;
  /** The work is done and counted, and the answer never arrives. */
  lost?: boolean;
  /** Length of a text answer. */
  words?: number;
  /** Seconds that a task takes. */
  taskSeconds?: number;
  /** A task ends when it was asked for this many times, however long that takes. */
  polls?: number;
  /** Reports this multiple of what was used. */
  usageFactor?: number;
  webhook?: WebhookFault;
  /** No fault: the number by which the tally names this work, so that it is found again whatever became of its answer. */
  mark?: number;
  /** Replaces claims of an identity token, such as `aud`, `iss` or `nonce`. */
  claims?: Record<string, unknown>;
  /** Signs an identity token with a key that nobody knows. */
  forgedToken?: boolean;
}

export type WebhookFault =
  | 'early'
  | 'twice'
  | 'never'
  | 'late'
  | 'reordered'
  | 'bad_signature'
  | 'stale_signature';

interface QueuedFault {
  match?: { path?: string; model?: string; promptIncludes?: string };
  times: number;
  fault: Fault;
}

/** What a person can type into a prompt, and what happens then. `N` stands for a whole number. */
export const magicPhrases = [
  {
    phrase: '[sandbox:429]',
    effect: 'refused with 429 and Retry-After: 1',
    fault: { status: 429, retryAfterSeconds: 1 },
  },
  { phrase: '[sandbox:500]', effect: 'refused with 500', fault: { status: 500 } },
  { phrase: '[sandbox:503]', effect: 'refused with 503', fault: { status: 503 } },
  { phrase: '[sandbox:refuse]', effect: 'the provider refuses the prompt', fault: { refuse: true } },
  {
    phrase: '[sandbox:moderated]',
    effect: 'the output is withheld after the work',
    fault: { moderated: true },
  },
  { phrase: '[sandbox:error]', effect: 'accepted, then fails', fault: { fail: true } },
  { phrase: '[sandbox:cut]', effect: 'the stream is cut after five chunks', fault: { cutAfterChunks: 5 } },
  {
    phrase: '[sandbox:silent]',
    effect: 'nothing arrives, the socket stays open',
    fault: { silentAfterChunks: 0 },
  },
  {
    phrase: '[sandbox:slow]',
    effect: 'text: 200 chunks or more, 100 ms apart; tasks: 20 seconds',
    fault: { chunkMs: 100, minChunks: 200, taskSeconds: 20 },
  },
  {
    phrase: '[sandbox:dropped]',
    effect: 'the connection breaks, and nothing was accepted',
    fault: { dropped: true },
  },
  {
    phrase: '[sandbox:lost]',
    effect: 'the work is done and counted, the answer is lost',
    fault: { lost: true },
  },
  {
    phrase: '[sandbox:hook_early]',
    effect: 'the task is done at once, and its webhook comes before the answer to the request',
    fault: { webhook: 'early', taskSeconds: 0 },
  },
  { phrase: '[sandbox:hook_twice]', effect: 'the webhook is sent twice', fault: { webhook: 'twice' } },
  { phrase: '[sandbox:hook_never]', effect: 'the webhook is never sent', fault: { webhook: 'never' } },
  {
    phrase: '[sandbox:hook_late]',
    effect: 'the webhook comes five seconds late',
    fault: { webhook: 'late' },
  },
  {
    phrase: '[sandbox:hook_reordered]',
    effect: 'what happens next overtakes the webhook',
    fault: { webhook: 'reordered' },
  },
  {
    phrase: '[sandbox:hook_forged]',
    effect: 'the webhook carries a wrong signature',
    fault: { webhook: 'bad_signature' },
  },
  { phrase: '[sandbox:words=N]', effect: 'a text answer of about N words', fault: {} },
  { phrase: '[sandbox:seconds=N]', effect: 'a task that takes N seconds', fault: {} },
  { phrase: '[sandbox:polls=N]', effect: 'a task that ends when it was asked for N times', fault: {} },
  { phrase: '[sandbox:latency=N]', effect: 'N milliseconds before the answer begins', fault: {} },
  { phrase: '[sandbox:usage=N]', effect: 'reports N times what was used', fault: {} },
  { phrase: '[sandbox:mark=N]', effect: 'the tally names the work by N', fault: {} },
] as const satisfies { phrase: string; effect: string; fault: Fault }[];

const fixedFaults = new Map<string, Fault>(magicPhrases.map(({ phrase, fault }) => [phrase, fault]));
const numbered: Record<string, (n: number) => Fault> = {
  words: (words) => ({ words }),
  seconds: (taskSeconds) => ({ taskSeconds }),
  polls: (polls) => ({ polls }),
  latency: (latencyMs) => ({ latencyMs }),
  usage: (usageFactor) => ({ usageFactor }),
  mark: (mark) => ({ mark }),
};
const none: Readonly<Fault> = Object.freeze({});

/** The faults that tests have queued for one simulator. */
export class FaultQueue {
  readonly #queued: QueuedFault[] = [];

  /** Throws when the request is not a fault. */
  add(request: unknown): void {
    const { match, times = 1, fault } = request as Partial<QueuedFault>;
    if (fault === undefined || typeof fault !== 'object') throw new Error('fault is required');
    this.#queued.push({ match, times, fault });
  }

  clear(): void {
    this.#queued.length = 0;
  }

  list(): readonly QueuedFault[] {
    return this.#queued;
  }

  /** What goes wrong with this request. Takes from the queue: call it once a request. */
  take(about: { path: string; model?: string; prompt?: string }): Readonly<Fault> {
    const typed = about.prompt?.includes('[sandbox:') ? typedFaults(about.prompt) : none;
    if (this.#queued.length === 0) return typed;
    const found = this.#first(
      ({ match }) =>
        (match?.path === undefined || about.path.includes(match.path)) &&
        (match?.model === undefined || about.model === match.model) &&
        (match?.promptIncludes === undefined || (about.prompt ?? '').includes(match.promptIncludes)),
    );
    return found === undefined ? typed : { ...typed, ...found };
  }

  /** For polls and downloads: only what was queued for this very path. */
  takeByPath(path: string): Readonly<Fault> {
    return this.#first(({ match }) => match?.path !== undefined && path.includes(match.path)) ?? none;
  }

  #first(fits: (queued: QueuedFault) => boolean): Fault | undefined {
    const at = this.#queued.findIndex(fits);
    const found = this.#queued[at];
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#queued.splice(at, 1);
    return found.fault;
  }
}

function typedFaults(prompt: string): Fault {
  const fault: Fault = {};
  for (const [phrase, name, value] of prompt.matchAll(/\[sandbox:([a-z0-9_]+)(?:=([0-9]+))?\]/g)) {
    Object.assign(
      fault,
      value === undefined ? fixedFaults.get(phrase) : numbered[name as string]?.(Number(value)),
    );
  }
  return fault;
}
