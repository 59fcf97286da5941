import { type CatalogueModel, validateParams } from '#server/catalogue/catalogue.ts';
import { alsoBy } from '#server/catalogue/data/also-by.ts';
import type { Parts } from './parts.ts';

/** A model as the provider that serves it knows it: its own name of the model, its own words, its own cost. */
export interface Serving {
  model: CatalogueModel;
  params: Record<string, unknown>;
}

/** What this provider is asked for when a person asked for `model`. Null where it cannot serve that. */
export function servingOf(
  parts: Pick<Parts, 'catalogue'>,
  model: CatalogueModel,
  providerId: string,
  params: Record<string, unknown>,
): Serving | null {
  if (providerId === model.providerId) return { model, params };
  return resellersOf(parts, model, params).find((serving) => serving.model.providerId === providerId) ?? null;
}

/** A model that this provider serves for `model`, whatever was asked: enough to know the shape of its jobs. */
export function anyServingOf(
  { catalogue }: Pick<Parts, 'catalogue'>,
  model: CatalogueModel,
  providerId: string,
): CatalogueModel {
  if (providerId === model.providerId) return model;
  const others = alsoBy(model.id).map((also) => catalogue.findModel(also.modelId));
  return others.find((other) => other?.providerId === providerId) ?? model;
}

/** Who else makes this model, if what is asked lets them, and where. */
export function whoElse(parts: Pick<Parts, 'catalogue' | 'routing'>, modelId: string) {
  const ids = alsoBy(modelId).flatMap((also) => parts.catalogue.findModel(also.modelId)?.providerId ?? []);
  return [...new Set(ids)]
    .filter((id) => parts.routing.isOpen(id))
    .map((id) => ({
      id,
      name: parts.routing.provider(id).terms.name,
      regions: [...new Set(parts.routing.routesOf(id).map(({ region }) => region))],
    }));
}

/** Who else can do just what is asked, in the order in which they are asked. */
export function resellersOf(
  { catalogue }: Pick<Parts, 'catalogue'>,
  { id }: CatalogueModel,
  params: Record<string, unknown>,
): Serving[] {
  return alsoBy(id).flatMap((also) => {
    const model = catalogue.findModel(also.modelId);
    const theirs = model === null ? null : also.paramsFor(params, model.parameters);
    if (model === null || theirs === null) return [];
    const checked = validateParams(model, theirs);
    return checked.ok ? [{ model, params: checked.params }] : [];
  });
}
