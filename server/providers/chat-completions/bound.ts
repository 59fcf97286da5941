import { tokensOfFile } from '../file-tokens.ts';
import type { Call, Units } from '../provider.ts';
import type { TextParams, TextPart } from '../text-params.ts';

/** An image costs at most so many tokens in, whatever its size and detail. */
const TOKENS_PER_IMAGE = 20_000;
const TOKENS_PER_MESSAGE = 16;
/** Sound comes to 32 tokens a second at most and a clip to 300; the thinnest that anybody sends have more bytes than this for each. */
const BYTES_PER_MEDIA_TOKEN = 20;

/**
 * The most that a text call can use. A token is never shorter than a byte, so bytes bound the tokens in; what is sent
 * as an image is counted apart, and the output is bounded by the limit that is sent along.
 */
export function textBound(call: Call, maxOutputTokens: number): Units {
  const { messages, tools, response_format } = call.params as TextParams;
  let tokens = TOKENS_PER_MESSAGE;
  // Sound has a price of its own with some models, and the sound of a clip too.
  let heard = 0;
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE + (message.tool_calls === undefined ? 0 : bytesOf(message.tool_calls));
    if (message.reasoning_details !== undefined) tokens += bytesOf(message.reasoning_details);
    if (message.reasoning_content) tokens += Buffer.byteLength(message.reasoning_content);
    if (typeof message.content === 'string') tokens += Buffer.byteLength(message.content);
    else
      for (const part of message.content ?? []) {
        if (isHeard(part)) heard += Math.ceil(bytesOf(part) / BYTES_PER_MEDIA_TOKEN);
        else tokens += tokensOf(part);
      }
  }
  if (tools !== undefined) tokens += bytesOf(tools);
  if (response_format !== undefined) tokens += bytesOf(response_format);
  for (const file of call.files) {
    if (/^(audio|video)\//.test(file.mediaType)) heard += tokensOfFile(file);
    else tokens += tokensOfFile(file);
  }
  return {
    input_token: BigInt(tokens),
    ...(heard > 0 && { input_audio_token: BigInt(heard) }),
    output_token: BigInt(maxOutputTokens),
  };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function tokensOf(part: TextPart): number {
  if (part.type === 'text') return Buffer.byteLength(part.text);
  // An uploaded file is counted by what it holds, once.
  const named =
    part.type === 'image_url' ? part.image_url.url : part.type === 'file' ? part.file.file_id : '';
  if (named?.startsWith('file:')) return 0;
  return part.type === 'image_url' ? TOKENS_PER_IMAGE : bytesOf(part);
}

const isHeard = (part: TextPart): boolean =>
  part.type === 'input_audio' ||
  (part.type === 'file' && /^data:(audio|video)/.test(part.file.file_data ?? ''));
