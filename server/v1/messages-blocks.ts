import type { TextEvent } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import { wrapSealed } from './sealed.ts';
import { type CallSoFar, callOf, takeWaiting, type WaitingCalls, waits } from './waiting-calls.ts';

/** A content block as Anthropic's stream begins it, and the pieces that follow. */
export type Block = Record<string, unknown> & { type: string };
export type Delta = Record<string, unknown> & { type: string };

interface Heard {
  start(index: number, block: Block): void;
  delta(index: number, delta: Delta): void;
  stop(index: number): void;
}

/** Puts the events of an answer into blocks, which follow each other and never interleave, and tells of each step. */
export class Blocks {
  /** All blocks so far, each whole as far as it came. */
  readonly content: Block[] = [];
  /** The model's own words of refusal: how they are told depends on the end. */
  refusal = '';
  hasCalls = false;
  #open: { kind: 'text' | 'thinking' | 'call'; call?: number } | null = null;
  readonly #waiting: WaitingCalls = new Map();
  readonly #heard: Heard;
  readonly #showsThoughts: boolean;

  constructor(heard: Heard, showsThoughts: boolean) {
    this.#heard = heard;
    this.#showsThoughts = showsThoughts;
  }

  take(event: Exclude<TextEvent, { type: 'end' }>): void {
    switch (event.type) {
      case 'text':
        this.text(event.text);
        break;
      case 'reasoning':
        if (this.#showsThoughts) this.#thought(event.text);
        break;
      case 'refusal':
        this.refusal += event.text;
        break;
      case 'sealed':
        this.#seal(event.detail);
        break;
      case 'tool_call':
        this.#call(event);
        break;
      default:
        event satisfies never;
    }
  }

  text(text: string): void {
    if (text === '') return;
    if (this.#open?.kind !== 'text') this.#begin('text', { type: 'text', text: '', citations: null });
    this.#last().text += text;
    this.#heard.delta(this.#at(), { type: 'text_delta', text });
  }

  /** Closes what is open, and writes the calls that waited. */
  close(): void {
    if (this.#open !== null) this.#stop();
    for (const call of takeWaiting(this.#waiting)) {
      this.#begin('call', callBlock(call));
      this.#argue(call.arguments);
      this.#stop();
    }
  }

  #thought(thinking: string): void {
    if (this.#open?.kind !== 'thinking')
      this.#begin('thinking', { type: 'thinking', thinking: '', signature: '' });
    this.#last().thinking += thinking;
    this.#heard.delta(this.#at(), { type: 'thinking_delta', thinking });
  }

  /** Sealed reasoning ends the thought that it belongs to; where none was told, it is a block with no words. */
  #seal(detail: ReasoningDetail): void {
    // Its words stand in the block itself.
    const word = wrapSealed({ ...detail, text: undefined });
    if (detail.format === 'anthropic-claude-v1' && detail.type === 'reasoning.encrypted') {
      this.#begin(null, { type: 'redacted_thinking', data: word });
      this.#stop();
      return;
    }
    if (this.#open?.kind !== 'thinking')
      this.#begin('thinking', { type: 'thinking', thinking: '', signature: '' });
    this.#last().signature = word;
    this.#heard.delta(this.#at(), { type: 'signature_delta', signature: word });
    this.#stop();
  }

  #call(event: Extract<TextEvent, { type: 'tool_call' }>): void {
    this.hasCalls = true;
    if (waits(this.#waiting, event, this.#open?.call ?? null)) return;
    if (this.#open?.kind !== 'call') this.#begin('call', callBlock(callOf(event)), event.index);
    this.#argue(event.arguments);
  }

  #argue(partial_json: string): void {
    if (partial_json === '') return;
    this.#last().input += partial_json;
    this.#heard.delta(this.#at(), { type: 'input_json_delta', partial_json });
  }

  #begin(kind: 'text' | 'thinking' | 'call' | null, block: Block, call?: number): void {
    if (this.#open !== null) this.#stop();
    this.#open = { kind: kind ?? 'text', call };
    // The arguments gather as text until they are whole.
    this.content.push(block.type === 'tool_use' ? { ...block, input: '' } : { ...block });
    this.#heard.start(this.#at(), block);
  }

  #stop(): void {
    this.#heard.stop(this.#at());
    this.#open = null;
  }

  #at(): number {
    return this.content.length - 1;
  }

  #last(): Block & Record<string, string> {
    return this.content.at(-1) as Block & Record<string, string>;
  }
}

const callBlock = ({ id, name }: CallSoFar): Block => ({
  type: 'tool_use',
  id,
  name,
  input: {},
  caller: { type: 'direct' },
});
