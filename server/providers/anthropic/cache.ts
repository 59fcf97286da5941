import { partsOf } from '../dialect.ts';
import type { TextParams, TextPart } from '../text-params.ts';

interface Mark {
  type: 'ephemeral';
  ttl?: '5m' | '1h';
}
type Marked = { cache_control?: Mark; prompt_cache_breakpoint?: unknown };

/** From this length on a conversation that goes on is worth its cache: shorter prompts are not cached there at all. */
const WORTH_BYTES = 8_000;

/**
 * The mark for the whole prompt: the caller's own, else the five-minute cache once a long conversation goes on, since
 * each further turn then reads what it would pay in full. Callers who mark parts themselves decide alone.
 */
export function cacheControlOf(params: TextParams): Mark | undefined {
  const own = params.cache_control as Mark | undefined;
  if (own !== undefined) return own;
  const { messages } = params;
  const goesOn = messages.some(({ role }) => role === 'assistant');
  const isMarked = messages.some((message) => partsOf(message).some((part) => markOf(part) !== undefined));
  if (!goesOn || isMarked || bytesOf(params) < WORTH_BYTES) return undefined;
  return { type: 'ephemeral' };
}

/** A part's own mark, in Anthropic's words or in OpenAI's. */
export function markOf(part: TextPart): { cache_control: Mark } | undefined {
  const { cache_control: own, prompt_cache_breakpoint: other } = part as Marked;
  if (own !== undefined) return { cache_control: own };
  return other === undefined ? undefined : { cache_control: { type: 'ephemeral' } };
}

/** Whether anything is to be cached for an hour, which costs more to write. */
export function cachesForAnHour(params: TextParams): boolean {
  const marks = [
    params.cache_control as Mark | undefined,
    ...params.messages.flatMap((message) => partsOf(message).map((part) => markOf(part)?.cache_control)),
  ];
  return marks.some((mark) => mark?.ttl === '1h');
}

function bytesOf({ messages, tools }: TextParams): number {
  return Buffer.byteLength(JSON.stringify([messages, tools ?? []]));
}
