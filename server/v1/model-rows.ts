import type { CatalogueModel } from '#server/catalogue/catalogue.ts';

/** A model as Anthropic's clients list it. What Anthropic's own could do beyond this API is not said of any. */
export function asMessagesModel(model: CatalogueModel) {
  return {
    type: 'model',
    id: model.id,
    display_name: model.name,
    created_at: model.pricesFrom.toISOString(),
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    capabilities: null,
  };
}

/** As OpenAI's do. */
export function asOpenAiModel(model: CatalogueModel) {
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(model.pricesFrom.getTime() / 1000),
    owned_by: model.providerId,
  };
}
