import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';

/** FLUX.2 is billed by begun megapixels, the others by the picture. */
export function imageUnits(model: string, outputMp: number, inputMp: number): Units {
  if (!model.startsWith('flux-2-')) return { image: 1n };
  const begun = Math.max(1, Math.ceil(outputMp));
  return unitsOf({ first_megapixel: 1, extra_megapixel: begun - 1, input_megapixel: inputMp });
}
