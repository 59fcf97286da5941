import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';

/** Billed by the size of the picture, too, but for nothing that is sent in. */
export const ERASE = 'flux-tools/erase-v1';

/** FLUX.2 is billed by begun megapixels, the others by the picture. */
export function imageUnits(model: string, outputMp: number, inputMp: number): Units {
  const isTool = model === ERASE;
  if (!isTool && !model.startsWith('flux-2-')) return { image: 1n };
  const begun = Math.max(1, Math.ceil(outputMp));
  return unitsOf({
    first_megapixel: 1,
    extra_megapixel: begun - 1,
    input_megapixel: isTool ? 0 : inputMp,
  });
}
