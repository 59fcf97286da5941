import sharp from 'sharp';
import type { FileLimits } from '#contract/catalogue.ts';
import { acceptsOf, familyOf } from '#server/catalogue/accepts.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { InputFile } from '#server/providers/provider.ts';

type Measured = Pick<InputFile, 'mediaType' | 'width' | 'height'>;
interface Size {
  width: number;
  height: number;
}

/** The size in which a picture is sent, where its provider takes no larger one; null: as it is. */
export function fitOf(
  { maxSide, maxPixels }: FileLimits,
  { mediaType, width, height }: Measured,
): Size | null {
  if (familyOf(mediaType) !== 'image' || width === undefined || height === undefined) return null;
  const bySide = maxSide === undefined ? 1 : maxSide / Math.max(width, height);
  const byPixels = maxPixels === undefined ? 1 : Math.sqrt(maxPixels / (width * height));
  const scale = Math.min(1, bySide, byPixels);
  if (scale === 1) return null;
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

type Taking = Pick<CatalogueModel, 'kind' | 'name' | 'accepts'>;

const limitsFor = (model: Taking): FileLimits => acceptsOf(model).limits?.image ?? {};
const bytesMost = (model: Taking): number => limitsFor(model).maxBytes ?? model.accepts.maxBytes;

/** What is done to files before they are sent, as sentences: for the quote, and for who looks back. */
export function changesFor(model: Taking, files: (Measured & { name: string; size?: number })[]): string[] {
  return files.flatMap((file) => {
    const fit = fitOf(limitsFor(model), file);
    if (fit !== null)
      return [
        `«${file.name}» is sent as ${fit.width} × ${fit.height} pixels: ${model.name} takes no larger pictures.`,
      ];
    return isTooHeavy(model, file)
      ? [
          `«${file.name}» is sent more tightly packed: ${model.name} takes pictures up to ${Math.floor(bytesMost(model) / 1_048_576)} MB.`,
        ]
      : [];
  });
}

const isTooHeavy = (model: Taking, { mediaType, size }: Measured & { size?: number }): boolean =>
  familyOf(mediaType) === 'image' &&
  size !== undefined &&
  model.accepts.maxBytes > 0 &&
  size > bytesMost(model);

/** The files as their provider takes them. What is stored stays as it was uploaded. */
export async function fitFiles(model: Taking, files: InputFile[]): Promise<InputFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const fit = fitOf(limitsFor(model), file);
      if (fit === null && !isTooHeavy(model, file)) return file;
      return smaller(file, fit ?? { width: file.width ?? 1, height: file.height ?? 1 }, bytesMost(model));
    }),
  );
}

const QUALITIES = [90, 80, 70, 55];

/** In its own format if that is small enough, else as JPEG, which packs photographs tightest of what all take. */
async function smaller(file: InputFile, size: Size, most: number): Promise<InputFile> {
  const image = sharp(file.bytes).resize({ ...size, fit: 'fill' });
  const same = await image.clone().toBuffer();
  if (same.length <= most) return { ...file, ...size, bytes: same, size: same.length };
  let bytes = same;
  for (const quality of QUALITIES) {
    bytes = await image.clone().flatten({ background: '#ffffff' }).jpeg({ quality }).toBuffer();
    if (bytes.length <= most) break;
  }
  return { ...file, ...size, mediaType: 'image/jpeg', bytes, size: bytes.length };
}
