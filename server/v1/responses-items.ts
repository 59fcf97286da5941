import type { TextEvent } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import { wrapSealed } from './sealed.ts';
import { type CallSoFar, callOf, takeWaiting, type WaitingCalls, waits } from './waiting-calls.ts';

export type Item = Record<string, unknown> & { id: string; type: string };
type Say = (type: string, rest: Record<string, unknown>) => void;

interface Options {
  /** Ends the ids of the items, so that they are known by their answer. */
  suffix: string;
  showsThoughts: boolean;
  /** Whether sealed reasoning goes along, for the next turn. */
  includesSealed: boolean;
}

/** Puts the events of an answer into output items, one after the other, and tells of each step in its order. */
export class Items {
  /** All items so far, each whole as far as it came. */
  readonly output: Item[] = [];
  #open: 'reasoning' | 'message' | 'call' | null = null;
  #call: number | null = null;
  readonly #waiting: WaitingCalls = new Map();
  readonly #say: Say;
  readonly #options: Options;

  constructor(say: Say, options: Options) {
    this.#say = say;
    this.#options = options;
  }

  take(event: Exclude<TextEvent, { type: 'end' }>): void {
    switch (event.type) {
      case 'text':
        this.#words('output_text', 'text', event.text);
        break;
      case 'refusal':
        this.#words('refusal', 'refusal', event.text);
        break;
      case 'reasoning':
        if (this.#options.showsThoughts) this.#thought(event.text);
        break;
      case 'sealed':
        this.#seal(event.detail);
        break;
      case 'tool_call':
        this.#argue(event);
        break;
      default:
        event satisfies never;
    }
  }

  /** Closes what is open, and writes the calls that waited. `status` is that of the last item. */
  close(status: 'completed' | 'incomplete'): void {
    const waiting = takeWaiting(this.#waiting);
    this.#stop(waiting.length === 0 ? status : 'completed');
    for (const [at, call] of waiting.entries()) {
      this.#beginCall(call);
      this.#argument(call.arguments);
      this.#stop(at === waiting.length - 1 ? status : 'completed');
    }
  }

  get #at() {
    return { output_index: this.output.length - 1, item_id: this.output.at(-1)!.id };
  }

  #last(): Record<string, string> & { content: Record<string, string>[]; summary: { text: string }[] } {
    return this.output.at(-1) as never;
  }

  #begin(
    kind: 'reasoning' | 'message' | 'call',
    prefix: string,
    rest: { type: string; [other: string]: unknown },
  ) {
    this.#stop('completed');
    this.#open = kind;
    const item: Item = { id: `${prefix}_${this.#options.suffix}${this.output.length}`, ...rest };
    this.output.push(item);
    this.#say('response.output_item.added', {
      output_index: this.output.length - 1,
      item: structuredClone(item),
    });
  }

  #words(type: 'output_text' | 'refusal', field: 'text' | 'refusal', delta: string): void {
    if (delta === '') return;
    if (this.#open !== 'message')
      this.#begin('message', 'msg', {
        type: 'message',
        role: 'assistant',
        status: 'in_progress',
        content: [],
      });
    const { content } = this.#last();
    if (content.at(-1)?.type !== type) {
      if (content.length > 0) this.#endPart();
      const part = {
        type,
        [field]: '',
        ...(type === 'output_text' ? { annotations: [], logprobs: [] } : {}),
      };
      content.push(part as never);
      this.#say('response.content_part.added', { ...this.#place(), part: structuredClone(part) });
    }
    const part = content.at(-1)!;
    part[field] += delta;
    this.#say(`response.${type}.delta`, {
      ...this.#place(),
      delta,
      ...(type === 'output_text' ? { logprobs: [] } : {}),
    });
  }

  #place() {
    return { ...this.#at, content_index: this.#last().content.length - 1 };
  }

  #endPart(): void {
    const part = this.#last().content.at(-1)!;
    const isText = part.type === 'output_text';
    this.#say(`response.${part.type}.done`, {
      ...this.#place(),
      ...(isText ? { text: part.text, logprobs: [] } : { refusal: part.refusal }),
    });
    this.#say('response.content_part.done', { ...this.#place(), part: structuredClone(part) });
  }

  #thought(delta: string): void {
    if (this.#open !== 'reasoning') this.#begin('reasoning', 'rs', { type: 'reasoning', summary: [] });
    const { summary } = this.#last();
    const place = { ...this.#at, summary_index: 0 };
    if (summary.length === 0) {
      const part = { type: 'summary_text', text: '' };
      summary.push(part);
      this.#say('response.reasoning_summary_part.added', { ...place, part: { ...part } });
    }
    summary[0]!.text += delta;
    this.#say('response.reasoning_summary_text.delta', { ...place, delta });
  }

  /** Sealed reasoning ends the thought that it belongs to; summaries were told already. */
  #seal(detail: ReasoningDetail): void {
    if (detail.type === 'reasoning.summary') return;
    if (this.#open !== 'reasoning') {
      if (!this.#options.includesSealed) return;
      this.#begin('reasoning', 'rs', { type: 'reasoning', summary: [] });
    }
    if (this.#options.includesSealed) this.#last().encrypted_content = wrapSealed(detail);
    this.#stop('completed');
  }

  #argue(event: Extract<TextEvent, { type: 'tool_call' }>): void {
    if (waits(this.#waiting, event, this.#open === 'call' ? this.#call : null)) return;
    if (this.#open !== 'call') this.#beginCall(callOf(event));
    this.#call = event.index;
    this.#argument(event.arguments);
  }

  #beginCall({ id: call_id, name }: CallSoFar): void {
    this.#begin('call', 'fc', { type: 'function_call', call_id, name, arguments: '', status: 'in_progress' });
  }

  #argument(delta: string): void {
    if (delta === '') return;
    this.#last().arguments += delta;
    this.#say('response.function_call_arguments.delta', { ...this.#at, delta });
  }

  #stop(status: 'completed' | 'incomplete'): void {
    if (this.#open === null) return;
    const last = this.#last();
    if (this.#open === 'message') this.#endPart();
    if (this.#open === 'call')
      this.#say('response.function_call_arguments.done', {
        ...this.#at,
        name: last.name,
        arguments: last.arguments,
      });
    if (this.#open === 'reasoning' && last.summary.length > 0) this.#endSummary(last.summary[0]!.text);
    if (this.#open !== 'reasoning') last.status = status;
    this.#open = null;
    this.#say('response.output_item.done', {
      output_index: this.output.length - 1,
      item: structuredClone(this.output.at(-1)!),
    });
  }

  #endSummary(text: string): void {
    const place = { ...this.#at, summary_index: 0 };
    this.#say('response.reasoning_summary_text.done', { ...place, text });
    this.#say('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } });
  }
}
