import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { estimateUsage } from '#server/generations/estimate.ts';
import type { TextMessage } from '#server/providers/text-params.ts';
import { ApiError } from './openai-errors.ts';

/**
 * Counts with the tokenizer that the model has: ours is OpenAI's alone. The others would have to be asked, and nothing
 * is sent to a provider without a generation that says so. Throws `ApiError` 400 for those.
 */
export async function countTokens(
  model: CatalogueModel,
  messages: TextMessage[],
  hasTools: boolean,
): Promise<number> {
  const isPlain = messages.every(
    ({ content }) => !Array.isArray(content) || content.every(({ type }) => type === 'text'),
  );
  if (model.providerId !== 'openai' || !isPlain || hasTools)
    throw new ApiError(
      400,
      'invalid_request_error',
      'unsupported_value',
      `Tokens of ${isPlain && !hasTools ? model.name : 'pictures, documents and tools'} can be counted by ${model.providerName} alone, and nothing is sent there before you ask for an answer. Every answer says what was counted; the longest answer that you allow bounds what it can cost.`,
      { headers: { 'x-should-retry': 'false' } },
    );
  const { input_token } = await estimateUsage(messages, '');
  return Number(input_token ?? 0n);
}
