/**
 * What a provider says of its own limits beside an answer. Written from the providers' pages, read 2026-11-24:
 * OpenAI (Groq, Together and xAI write the same) counts requests and tokens and says when each is full again, as
 * `1s` or `6m0s`; Anthropic counts four things and says when by time of day; Mistral counts by the minute without
 * saying when. Google, DeepSeek, Qwen and hosts of one's own write none of them. `Retry-After` belongs to a refusal
 * and is read with it (`answers.ts`).
 */

type Headers = Record<string, string | undefined>;

interface Limit {
  left: string;
  /** The header that says when it is full again, and how it says so; absent: after this many ms. */
  reset: { header: string; as: 'duration' | 'time' } | { afterMs: number };
}

const counted = (prefix: string, suffix: { left: string; reset: string }, as: 'duration' | 'time') => ({
  left: prefix + suffix.left,
  reset: { header: prefix + suffix.reset, as },
});

const limits: readonly Limit[] = [
  ...['requests', 'tokens'].map((what) =>
    counted('x-ratelimit-', { left: `remaining-${what}`, reset: `reset-${what}` }, 'duration'),
  ),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((what) =>
    counted('anthropic-ratelimit-', { left: `${what}-remaining`, reset: `${what}-reset` }, 'time'),
  ),
  { left: 'x-ratelimit-remaining-req-minute', reset: { afterMs: 60_000 } },
  { left: 'x-ratelimit-remaining-tokens-minute', reset: { afterMs: 60_000 } },
];

/** A limit whose time cannot be read: so long, then it is tried. */
const UNTOLD_MS = 1_000;

/** When the provider takes the next call, in ms since 1970, where it says that nothing is left until then; else null. */
export function fullUntil(headers: Headers, now: number): number | null {
  let until = now;
  for (const { left, reset } of limits)
    if (headers[left] === '0') until = Math.max(until, resetAt(reset, headers, now));
  return until > now ? until : null;
}

function resetAt(reset: Limit['reset'], headers: Headers, now: number): number {
  if ('afterMs' in reset) return now + reset.afterMs;
  const told = headers[reset.header] ?? '';
  if (reset.as === 'duration') return now + (durationMs(told) ?? UNTOLD_MS);
  const at = Date.parse(told);
  return Number.isNaN(at) ? now + UNTOLD_MS : at;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1s`, `6m0s`, `2m59.56s`, `120ms`; a bare number is seconds. Null for anything else. */
function durationMs(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return null;
  return Math.ceil(parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!, 0));
}
