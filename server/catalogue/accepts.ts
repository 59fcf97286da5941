import type { FileLimits } from '#contract/catalogue.ts';
import type { FileFamily, ShippedModel } from './shipped.ts';

/** Words are put into the message itself, so that every model for text takes them. */
const TEXT_FILES_MOST = 10;

export function familyOf(mediaType: string): FileFamily {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' || family === 'text'
    ? family
    : 'document';
}

/** Limits as a sentence for who chooses a file: "3 to 15.5 seconds, at least 300 pixels a side, up to 200 MB." */
export function limitWords(limits: FileLimits): string {
  const words = [
    range(limits.minSeconds, limits.maxSeconds, 'seconds'),
    limits.maxTotalSeconds === undefined ? '' : `${limits.maxTotalSeconds} seconds in all`,
    range(limits.minSide, limits.maxSide, 'pixels a side'),
    range(limits.minFramesPerSecond, limits.maxFramesPerSecond, 'pictures a second'),
    limits.maxPages === undefined ? '' : `up to ${limits.maxPages} pages`,
    limits.maxBytes === undefined ? '' : `up to ${Math.floor(limits.maxBytes / MEGABYTE)} MB`,
  ].filter(Boolean);
  const [first = '', ...rest] = words;
  return words.length === 0 ? '' : `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(', ')}.`;
}

const MEGABYTE = 1024 * 1024;

function range(low: number | undefined, high: number | undefined, unit: string): string {
  if (low === undefined) return high === undefined ? '' : `up to ${high} ${unit}`;
  return high === undefined ? `at least ${low} ${unit}` : `${low} to ${high} ${unit}`;
}

/** What files a model takes: its provider's types, and words where it reads. */
export function acceptsOf({
  kind,
  accepts,
}: Pick<ShippedModel, 'kind' | 'accepts'>): ShippedModel['accepts'] {
  if (kind !== 'text') return accepts;
  return {
    ...accepts,
    mediaTypes: [...accepts.mediaTypes.filter((type) => !type.startsWith('text/')), 'text/*'],
    maxFiles: Math.max(accepts.maxFiles, TEXT_FILES_MOST),
  };
}
