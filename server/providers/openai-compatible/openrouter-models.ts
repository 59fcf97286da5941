import { z } from 'zod';
import { readAnswer } from '../answers.ts';
import { chatFault } from '../chat-completions/faults.ts';
import type { Context } from '../provider.ts';

/** US dollars for one token, as decimal text; below nought where the price varies. */
const PerToken = z.string();

const Prices = {
  prompt: PerToken.nullish(),
  completion: PerToken.nullish(),
  input_cache_read: PerToken.nullish(),
  input_cache_write: PerToken.nullish(),
  input_cache_write_1h: PerToken.nullish(),
};

const Row = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  context_length: z.number().int().nullish(),
  architecture: z.object({
    input_modalities: z.array(z.string()),
    output_modalities: z.array(z.string()),
  }),
  top_provider: z.object({ max_completion_tokens: z.number().int().nullish() }),
  supported_parameters: z.array(z.string()),
  pricing: z.object({
    ...Prices,
    request: PerToken.nullish(),
    overrides: z.array(z.object({ ...Prices, min_prompt_tokens: z.number().nullish() })).nullish(),
  }),
});
/** A model as OpenRouter lists it, with its prices of this moment. */
export type OpenRouterModel = z.output<typeof Row>;

const ModelList = z.object({ data: z.array(Row) });

/** What OpenRouter offers now. Throws `ProviderFault`. */
export async function listOpenRouterModels({ route, send }: Context): Promise<OpenRouterModel[]> {
  const answer = await send({
    method: 'GET',
    url: `${route.baseUrl}/models`,
    headers: { authorization: `Bearer ${route.key}` },
    kinds: ['none'],
    idleMs: 15_000,
    maxBytes: 32 * 1024 * 1024,
  });
  return (await readAnswer(answer, ModelList, chatFault)).data;
}
