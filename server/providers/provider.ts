/**
 * The port every provider's adapter implements.
 *
 * An adapter turns one model call into the provider's own wire format and back. It knows neither wallets nor
 * members: it is *given* `send`, which can reach only the hosts of the route that was chosen, and it answers with
 * content and units. What a unit costs is the catalogue's business.
 */

import type { ProviderSettings, ProviderTerms } from './provider-terms.ts';
import type { ReasoningDetail } from './text-params.ts';

export type Operation = 'text' | 'image' | 'video' | 'speech' | 'transcription' | 'sound' | 'music';

/**
 * What was used, counted in the provider's own billing units: whole numbers, keyed by unit.
 * A price is per 1,000,000 of a unit, so that a token's price stays an integer.
 */
export type Unit =
  | 'input_token'
  | 'cached_input_token'
  | 'cache_write_token'
  | 'cache_write_hour_token'
  | 'output_token'
  | 'input_image_token'
  | 'cached_input_image_token'
  | 'output_image_token'
  | 'input_audio_token'
  | 'output_audio_token'
  | 'output_video_token'
  | 'image'
  | 'input_image'
  | 'input_megapixel'
  | 'first_megapixel'
  | 'extra_megapixel'
  | 'second'
  | 'input_second'
  | 'character'
  | 'credit'
  | 'charged_microdollar'
  | 'request';

export type Units = Partial<Record<Unit, bigint>>;

/** A file that a person sent along: its bytes, and what they really are (sniffed, not claimed). */
export interface InputFile {
  id: string;
  name: string;
  mediaType: string;
  bytes: Buffer;
  /** Where the provider may fetch it for a while; absent where we have no public address. Some take clips in no other way. */
  publicUrl?: string;
  /** Pixels, for images and video. */
  width?: number;
  height?: number;
  /** Seconds, for audio and video. */
  durationSeconds?: number;
  framesPerSecond?: number;
  /** Of documents. */
  pages?: number;
  /** How large it is, also where its bytes were not opened. */
  size?: number;
  /** Bytes of the words that a document holds, at most. */
  textBytes?: number;
}

/**
 * One model call, already validated against the model's parameter schema.
 * For `text`, `params.messages` and its neighbours have the shape of OpenAI's chat completions, which serves as the
 * common dialect between our three APIs and all text adapters (`text-params.ts`).
 * A file is referred to in params by `file:<id>`, and found in `files`.
 */
export interface Call {
  /** Our generation id: the provider's idempotency key or external id, where it has one. */
  generationId: string;
  operation: Operation;
  /** The provider's name of the model, such as `flux-2-pro`. */
  upstreamModel: string;
  params: Record<string, unknown>;
  files: InputFile[];
  /** A keyed hash of the member, for providers that demand an end-user id (clause 6.1). Never an id or an address. */
  memberHash: string;
  /** Where the provider may call us back; absent when we have no public address. */
  webhook?: { url: string; secret: string };
}

/** One piece of a streaming answer. A stream ends with exactly one `end`; when it stops without, it was cut. */
export type TextEvent =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call'; index: number; id?: string; name?: string; arguments: string }
  | { type: 'refusal'; text: string }
  | { type: 'sealed'; detail: ReasoningDetail }
  | {
      type: 'end';
      finish: 'stop' | 'length' | 'tool_calls' | 'content_filter';
      usage: Units | null;
      /** The tokens, where what is charged is told in another unit: for callers to read. */
      tokens?: Units;
      /** How many of the output tokens were thoughts, where the provider tells; they are billed as output. */
      reasoningTokens?: number;
      /** Which of the texts to stop at ended it, where the provider tells. */
      stopSequence?: string;
      upstreamId?: string;
    };

/** A finished artifact: bytes that we have, or an address from which `egress` fetches them at once. */
export type Artifact =
  | { bytes: Buffer; mediaType: string }
  | { url: string; mediaType?: string; headers?: Record<string, string> };

export interface Done {
  state: 'done';
  artifacts: Artifact[];
  /** Text results, such as a transcript. */
  text?: string;
  /** Null when the provider reports none: the quote's units are charged then, and the row is marked estimated. */
  usage: Units | null;
  upstreamId?: string;
}

/** What an asynchronous job is doing. `task` is opaque to us and kept on the generation, so that any process can go on. */
export type TaskState =
  | { state: 'running'; task: Task; progress?: number; phase?: string; pollAfterMs: number }
  | Done;

/** JSON that the adapter needs to find its job again, such as `{ id, pollingUrl }`. */
export type Task = { id: string; [other: string]: string | number | boolean | null };

/** The closed set of what can go wrong upstream. */
export type FaultKind =
  | 'rejected_content'
  | 'bad_input'
  | 'rate_limited'
  | 'overloaded'
  | 'auth'
  | 'timeout'
  | 'unknown';

export class ProviderFault extends Error {
  readonly kind: FaultKind;
  /** Whether the provider can have accepted (and so billed) the work. `no` makes a retry safe. */
  readonly accepted: 'no' | 'maybe' | 'yes';
  /** The provider's own words, for staff only. */
  readonly detail: string;
  readonly retryAfterMs: number | undefined;
  /** What was used although it failed, if the provider says so. */
  readonly usage: Units | undefined;

  constructor(
    kind: FaultKind,
    detail: string,
    options: { accepted: 'no' | 'maybe' | 'yes'; retryAfterMs?: number; usage?: Units; cause?: unknown },
  ) {
    super(`${kind}: ${detail}`, { cause: options.cause });
    this.name = 'ProviderFault';
    this.kind = kind;
    this.detail = detail;
    this.accepted = options.accepted;
    this.retryAfterMs = options.retryAfterMs;
    this.usage = options.usage;
  }
}

export interface Outbound {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** What of the person's travels along, for the egress receipt (clause 5.1). */
  kinds: ('prompt' | 'files' | 'params' | 'none')[];
  /** Longest silence accepted, in ms; the default fits a JSON answer. */
  idleMs?: number;
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface Inbound {
  status: number;
  headers: Record<string, string | undefined>;
  /** Whole body, up to `maxBytes`. */
  bytes(): Promise<Buffer>;
  json(): Promise<unknown>;
  /** The body as it arrives. */
  chunks(): AsyncIterable<Buffer>;
}

/**
 * The only way out. Throws `ProviderFault` with kind `timeout` or `unknown` when no answer came: `accepted` is `no`
 * only when the connection was never made. Every other status returns, whatever it is: reading it is the adapter's work.
 */
export type Send = (request: Outbound) => Promise<Inbound>;

/** Where a call goes: base address and key. Made from configuration; one provider may have several. */
export interface Route {
  id: string;
  baseUrl: string;
  key: string;
  /** ISO region or country where the provider processes, such as `US`, `EU`, `SG`. */
  region: string;
  /** Other things a route needs, such as a project or an account id. */
  extra?: Record<string, string>;
}

export interface Context {
  route: Route;
  send: Send;
  signal: AbortSignal;
  /** Hears of what is being made before it is whole, where somebody looks on. */
  onPartial?(piece: PartialResult): void;
}

/** The next bytes of a recording that is being made: one after the other, they are the whole file. */
export interface SoundPiece {
  sound: Buffer;
  mediaType: string;
}

/**
 * The next words of a transcript, how a picture looks so far, or the next of a recording. Never kept: the result comes
 * whole at the end.
 */
export type PartialResult = { text: string } | { bytes: Buffer; mediaType: string } | SoundPiece;

/** Operations whose answer is a stream of text. */
export interface TextAdapter {
  kind: 'stream';
  /** The most that this call can use, in units: what is held. Input is bounded by bytes, output by the limit sent. */
  bound(call: Call, limits: { maxOutputTokens: number }): Units;
  stream(call: Call, context: Context): AsyncIterable<TextEvent>;
  /**
   * Set where the provider speaks OpenAI's chat completions itself: `/v1/chat/completions` then passes bytes through.
   * Returns the request to send; the answer's usage is read by `usageOf`.
   */
  passThrough?: {
    /** False for calls that go another way upstream; absent: all are taken. */
    takes?(body: Record<string, unknown>): boolean;
    request(body: Record<string, unknown>, upstreamModel: string, route: Route): Outbound;
    usageOf(usage: unknown): Units;
    fault(status: number, headers: Record<string, string | undefined>, body: Buffer): ProviderFault;
  };
}

/** Operations whose answer is in the reply itself. */
export interface ReplyAdapter {
  kind: 'reply';
  /** Exact where the unit is known before (image, character, second); else the most it can be. */
  bound(call: Call): Units;
  run(call: Call, context: Context): Promise<Done>;
}

/** Operations that are a job at the provider: submit once, then poll (a webhook is a hint to poll now). */
export interface TaskAdapter {
  kind: 'task';
  bound(call: Call): Units;
  /** Files of this call that the provider fetches from us by address, as it takes them in no other way. Absent: none. */
  fetches?(call: Call): InputFile[];
  submit(call: Call, context: Context): Promise<TaskState>;
  poll(task: Task, context: Context): Promise<TaskState>;
  /** Ends the job where the provider can. `false`: it goes on, and may be billed. */
  cancel?(task: Task, context: Context): Promise<boolean>;
  /**
   * Looks for a job whose submission we never saw answered. `null`: certainly not accepted. Absent: it cannot be known,
   * and the hold stays until its deadline.
   */
  find?(call: Call, context: Context): Promise<TaskState | null>;
  /** True when the callback is authentic, or when the provider signs none: then it is only a hint. */
  verifyWebhook?(
    headers: Record<string, string | undefined>,
    raw: Buffer,
    secret: string,
    /** Where the call went: some sign with a secret of the whole account. */
    route?: Route,
  ): boolean;
  /** The job that a callback speaks of, so that one whose submission we never saw answered can be watched after all. */
  taskFromWebhook?(raw: Buffer): Task | null;
  /** Overall deadline in ms from submission. */
  deadlineMs: number;
}

export type Adapter = TextAdapter | ReplyAdapter | TaskAdapter;

export interface Provider {
  id: string;
  terms: ProviderTerms;
  settings: ProviderSettings;
  /** Hosts that this provider's answers may point at (polling, results), beside the base address's own. `*.` allowed. */
  resultHosts: string[];
  /** By operation; a function where the shape depends on the model. */
  operations: Partial<Record<Operation, Adapter | ((upstreamModel: string) => Adapter)>>;
}

export function adapterFor(provider: Provider, operation: Operation, upstreamModel: string): Adapter {
  const found = provider.operations[operation];
  if (found === undefined) throw new Error(`${provider.id} has no operation ${operation}`);
  return typeof found === 'function' ? found(upstreamModel) : found;
}
