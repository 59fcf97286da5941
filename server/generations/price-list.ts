import { type CatalogueModel, priceOf } from '#server/catalogue/catalogue.ts';
import type { Units } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';

/**
 * The model with the price list that a generation was begun under. Another process may have begun that list a moment
 * ago, and this one has not heard: then the catalogue is read again. Null when there is no such list.
 */
export async function modelAt(
  { catalogue }: Pick<Parts, 'catalogue'>,
  priceVersion: string,
): Promise<CatalogueModel | null> {
  const known = catalogue.atVersion(priceVersion);
  if (known !== null) return known;
  await catalogue.refresh();
  return catalogue.atVersion(priceVersion);
}

/** The price of what was used. A unit without a price is given away, and staff are told. */
export function priceTold(
  { log }: Pick<Parts, 'log'>,
  generationId: string,
  model: CatalogueModel,
  units: Units,
  params: Record<string, unknown>,
): ReturnType<typeof priceOf> {
  const price = priceOf(model, units, params);
  if (price.unpriced.length > 0)
    log.error(
      { generationId, model: model.id, units: price.unpriced },
      'units without a price were not charged',
    );
  return price;
}
