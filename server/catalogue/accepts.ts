import type { ShippedModel } from './shipped.ts';

export type FileFamily = 'image' | 'video' | 'audio' | 'document' | 'text';

/** Words are put into the message itself, so that every model for text takes them. */
const TEXT_FILES_MOST = 10;

export function familyOf(mediaType: string): FileFamily {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' || family === 'text'
    ? family
    : 'document';
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
