import { seedOf } from './prose.ts';

const LEAST_TOKENS = 1024;
const STEP_TOKENS = 128;
const LIFETIME_MS = 30 * 60_000;
const PREFIX_CHARACTERS = 3000;

/** Remembers long prompts by their beginning, as the provider's cache does. */
export class PromptCache {
  readonly #seen = new Map<number, { tokens: number; until: number }>();

  /** How many of a prompt's tokens came from the cache, and how many went into it. */
  look(
    prompt: string,
    tokens: number,
    now: number,
    { least, step } = { least: LEAST_TOKENS, step: STEP_TOKENS },
  ): { cachedTokens: number; writtenTokens: number } {
    if (tokens < least) return { cachedTokens: 0, writtenTokens: 0 };
    const key = seedOf(prompt.slice(0, PREFIX_CHARACTERS));
    const whole = Math.floor(tokens / step) * step;
    const found = this.#seen.get(key);
    this.#seen.set(key, { tokens: whole, until: now + LIFETIME_MS });
    if (found === undefined || found.until < now) return { cachedTokens: 0, writtenTokens: whole };
    const cachedTokens = Math.min(found.tokens, whole);
    return { cachedTokens, writtenTokens: whole - cachedTokens };
  }
}
