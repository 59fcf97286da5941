import type { FileLimits } from '#contract/catalogue.ts';
import { acceptsOf, familyOf } from '#server/catalogue/accepts.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { FileFamily } from '#server/catalogue/shipped.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { InputFile } from '#server/providers/provider.ts';
import { fitOf } from './file-fit.ts';

type Taking = Pick<CatalogueModel, 'kind' | 'name' | 'accepts' | 'parameters'>;

const names: Record<FileFamily, string> = {
  image: 'pictures',
  video: 'clips',
  audio: 'sounds',
  document: 'documents',
  text: 'texts',
};

/** Whether a model takes files of this type. */
export function takesType(model: Pick<CatalogueModel, 'kind' | 'accepts'>, mediaType: string): boolean {
  return acceptsOf(model).mediaTypes.some((pattern) =>
    pattern.endsWith('/*') ? mediaType.startsWith(pattern.slice(0, -1)) : pattern === mediaType,
  );
}

/**
 * Refuses files that the model's provider would refuse: types, numbers, lengths, sides. Pictures that are merely too
 * large are made smaller instead. Throws `unsupported-file`, or `too-large` where less of it would do.
 */
export function refuseFiles(model: Taking, files: InputFile[], params: Record<string, unknown>): void {
  const { maxFiles, limits = {} } = acceptsOf(model);
  const counted = files.filter(({ mediaType }) => !mediaType.startsWith('text/'));
  if (counted.length > Math.max(model.accepts.maxFiles, 0) || files.length > maxFiles)
    throw refusal(
      'unsupported-file',
      `${model.name} takes at most ${counted.length > 0 ? model.accepts.maxFiles : maxFiles} files.`,
    );
  for (const file of files) {
    if (!takesType(model, file.mediaType))
      throw refusal(
        'unsupported-file',
        `${model.name} does not take files of type ${file.mediaType}. It takes ${acceptsOf(model).mediaTypes.join(', ')}.`,
      );
    const why = faultOf(model, file, limits[familyOf(file.mediaType)] ?? {});
    if (why !== null) throw refusal(why.slug, `«${file.name}» ${why.is}; ${model.name} takes ${why.takes}.`);
  }
  refuseTogether(model, files, limits);
  refuseWrongField(model, files, params);
}

const refusal = (slug: 'unsupported-file' | 'too-large', detail: string): ProblemError =>
  new ProblemError(slug, { detail });

interface Fault {
  slug: 'unsupported-file' | 'too-large';
  is: string;
  takes: string;
}

const large = (is: string, takes: string): Fault => ({ slug: 'too-large', is, takes });
const other = (is: string, takes: string): Fault => ({ slug: 'unsupported-file', is, takes });

function faultOf(model: Taking, file: InputFile, limits: FileLimits): Fault | null {
  const family = familyOf(file.mediaType);
  const what = names[family];
  const { size, durationSeconds: seconds, pages, framesPerSecond: rate } = file;
  const most = limits.maxBytes ?? model.accepts.maxBytes;
  if (family !== 'image' && family !== 'text' && size !== undefined && size > most)
    return large(`has ${megabytes(size)} MB`, `${what} up to ${megabytes(most)} MB`);
  if (seconds !== undefined && beyond(seconds, limits.minSeconds, limits.maxSeconds))
    return large(
      `is ${told(seconds)} seconds long`,
      `${what} ${range(limits.minSeconds, limits.maxSeconds, 'seconds')}`,
    );
  if (rate !== undefined && beyond(rate, limits.minFramesPerSecond, limits.maxFramesPerSecond))
    return other(
      `has ${told(rate)} pictures a second`,
      `${what} ${range(limits.minFramesPerSecond, limits.maxFramesPerSecond, 'pictures a second')}`,
    );
  if (pages !== undefined && limits.maxPages !== undefined && pages > limits.maxPages)
    return large(`has ${pages} pages`, `${what} up to ${limits.maxPages} pages`);
  return sidesFault(file, limits, what);
}

function sidesFault(file: InputFile, limits: FileLimits, what: string): Fault | null {
  const { width, height } = file;
  if (width === undefined || height === undefined) return null;
  const is = `has ${width} × ${height} pixels`;
  if (limits.minSide !== undefined && Math.min(width, height) < limits.minSide)
    return other(is, `${what} of at least ${limits.minSide} pixels a side`);
  if (beyond(width / height, limits.minRatio, limits.maxRatio))
    return other(is, `${what} whose width is ${limits.minRatio} to ${limits.maxRatio} times their height`);
  if (fitOf(limits, file) !== null) return null; // a picture: it is made smaller
  if (limits.maxSide !== undefined && Math.max(width, height) > limits.maxSide)
    return large(is, `${what} of at most ${limits.maxSide} pixels a side`);
  return limits.maxPixels !== undefined && width * height > limits.maxPixels
    ? large(is, `${what} of at most ${(limits.maxPixels / 1e6).toFixed(1)} million pixels`)
    : null;
}

/** Providers count whole frames: what is a moment beyond is not beyond. */
const SLACK = 0.05;

const beyond = (value: number, low = 0, high = Number.POSITIVE_INFINITY): boolean =>
  value < low - SLACK || value > high + SLACK;

function range(low: number | undefined, high: number | undefined, unit: string): string {
  if (low === undefined) return `of at most ${high} ${unit}`;
  return high === undefined ? `of at least ${low} ${unit}` : `of ${low} to ${high} ${unit}`;
}

function refuseTogether(
  model: Taking,
  files: InputFile[],
  limits: NonNullable<CatalogueModel['accepts']['limits']>,
) {
  for (const [family, { maxTotalSeconds }] of Object.entries(limits) as [FileFamily, FileLimits][]) {
    if (maxTotalSeconds === undefined) continue;
    const seconds = files
      .filter(({ mediaType }) => familyOf(mediaType) === family)
      .reduce((sum, { durationSeconds = 0 }) => sum + durationSeconds, 0);
    if (seconds > maxTotalSeconds + SLACK)
      throw refusal(
        'too-large',
        `These ${names[family]} last ${told(seconds)} seconds together; ${model.name} takes at most ${maxTotalSeconds}.`,
      );
  }
}

/** A field that asks for a picture is given one, and so on. */
function refuseWrongField(model: Taking, files: InputFile[], params: Record<string, unknown>) {
  const fields = (model.parameters.properties ?? {}) as Record<string, Field>;
  for (const [name, field] of Object.entries(fields)) {
    const wanted = field['x-media'] ?? field.items?.['x-media'];
    if (wanted === undefined) continue;
    const given = [params[name]].flat();
    const wrong = files.find(
      ({ id, mediaType }) => given.includes(`file:${id}`) && !suits(wanted, mediaType),
    );
    if (wrong !== undefined)
      throw refusal(
        'unsupported-file',
        `${field.title ?? name} takes ${names[wanted]}, and «${wrong.name}» is none.`,
      );
  }
}

interface Field {
  title?: string;
  'x-media'?: FileFamily;
  items?: { 'x-media'?: FileFamily };
}

/** A clip has a sound too: what hears may be given one. */
const suits = (wanted: FileFamily, mediaType: string): boolean =>
  familyOf(mediaType) === wanted || (wanted === 'audio' && familyOf(mediaType) === 'video');

const megabytes = (bytes: number): string => (bytes / (1024 * 1024)).toFixed(bytes < 10_485_760 ? 1 : 0);
const told = (value: number): string => String(Math.round(value * 10) / 10);
