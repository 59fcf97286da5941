import type { Units } from '#server/providers/provider.ts';
import type { TextMessage } from '#server/providers/text-params.ts';

let counting: Promise<(text: string) => number> | undefined;

/** The tokenizer's tables are large: loaded when the first stream is stopped, not at the start. */
function counter(): Promise<(text: string) => number> {
  counting ??= import('gpt-tokenizer/encoding/o200k_base').then(({ countTokens }) => countTokens);
  return counting;
}

/** Tokens that a message costs beside its words, in OpenAI's counting; close enough elsewhere. */
const TOKENS_PER_MESSAGE = 4;
const PIECE = 4_000;

/** What a stopped stream has used, counted by us: all of the question, and of the answer what was delivered. */
export async function estimateUsage(messages: TextMessage[], delivered: string): Promise<Units> {
  const tokens = await counter();
  // Long runs without spaces take the tokenizer quadratic time: in pieces it stays linear, and counts hardly more.
  const count = (text: string) => {
    let sum = 0;
    for (let at = 0; at < text.length; at += PIECE) sum += tokens(text.slice(at, at + PIECE));
    return sum;
  };
  const asked = messages.reduce((sum, message) => sum + count(wordsOf(message)) + TOKENS_PER_MESSAGE, 3);
  return { input_token: BigInt(asked), output_token: BigInt(count(delivered)) };
}

function wordsOf(message: TextMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
