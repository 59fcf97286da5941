import OpenAI from 'openai';
import type { Product } from './product.ts';

/** OpenAI's own client, pointed at Mluen: with the sandbox member's key, or another. It repeats nothing by itself. */
export function openaiOf({ url, member }: Product, apiKey = member.apiKey): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 });
}
