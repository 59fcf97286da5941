import type { Call, TextParams, Units } from '../provider.ts';

/** An image costs at most so many tokens in, whatever its size and detail. */
const TOKENS_PER_IMAGE = 20_000;
const TOKENS_PER_FILE = 100_000;
const TOKENS_PER_MESSAGE = 16;

/**
 * The most that a text call can use. A token is never shorter than a byte, so bytes bound the tokens in; what is sent
 * as an image is counted apart, and the output is bounded by the limit that is sent along.
 */
export function textBound(call: Call, maxOutputTokens: number): Units {
  const { messages, tools, response_format } = call.params as TextParams;
  let tokens = TOKENS_PER_MESSAGE;
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE + (message.tool_calls === undefined ? 0 : bytesOf(message.tool_calls));
    if (typeof message.content === 'string') tokens += Buffer.byteLength(message.content);
    else for (const part of message.content ?? []) tokens += tokensOf(part);
  }
  if (tools !== undefined) tokens += bytesOf(tools);
  if (response_format !== undefined) tokens += bytesOf(response_format);
  for (const { mediaType } of call.files)
    tokens += mediaType.startsWith('image/') ? TOKENS_PER_IMAGE : TOKENS_PER_FILE;
  return { input_token: BigInt(tokens), output_token: BigInt(maxOutputTokens) };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function tokensOf(part: Exclude<TextParams['messages'][number]['content'], string | null>[number]): number {
  if (part.type === 'text') return Buffer.byteLength(part.text);
  return part.type === 'image_url' ? TOKENS_PER_IMAGE : bytesOf(part);
}
