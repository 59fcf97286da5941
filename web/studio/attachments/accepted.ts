import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Model } from '#contract/catalogue.ts';

type Accepts = Model['accepts'];

export function takesType({ mediaTypes }: Pick<Accepts, 'mediaTypes'>, type: string): boolean {
  return mediaTypes.some((pattern) =>
    pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );
}

const families: [RegExp, MessageDescriptor][] = [
  [/^image\//, msg`pictures`],
  [/^application\/pdf$/, msg`PDF`],
  [/^text\//, msg`text and code`],
  [/^audio\//, msg`sounds`],
  [/^video\//, msg`clips`],
];

/** What a model takes, in words: "pictures, PDF, text and code". */
export function takenWords({ mediaTypes }: Pick<Accepts, 'mediaTypes'>, i18n: I18n): string {
  return families
    .filter(([family]) => mediaTypes.some((type) => family.test(type)))
    .map(([, words]) => i18n._(words))
    .join(', ');
}

/** Types that a browser tells reliably. Of all others the server finds out what they are. */
const TOLD = /^(image|audio)\/|^video\/(mp4|webm|quicktime)$|^application\/(pdf|zip|vnd\.|msword)/;

/** Whether it is certain, before a byte is sent, that a model takes no such file. */
export function isHopeless(accepts: Accepts, { type }: File): boolean {
  return (
    TOLD.test(type) && !takesType(accepts, type) && !/^(image\/heic|audio\/(x-)?(wav|m4a|mp3))/.test(type)
  );
}
