import { type Call, type InputFile, ProviderFault } from './provider.ts';

/** Files that a field names (`file:<id>`, one or a list), in its order. */
export function filesIn(call: Call, field: string): InputFile[] {
  const value = call.params[field];
  const names: unknown[] = Array.isArray(value) ? value : [value];
  return names.flatMap((name) => call.files.filter((file) => `file:${file.id}` === name));
}

export function fileIn(call: Call, field: string): InputFile | undefined {
  return filesIn(call, field)[0];
}

/** Files that a field names, and those of this family that no field names: for a model's main input. */
export function filesInOrFree(call: Call, field: string, family: 'image' | 'audio' | 'video'): InputFile[] {
  const named = new Set(Object.values(call.params).flat());
  const free = call.files.filter(
    (file) => !named.has(`file:${file.id}`) && file.mediaType.startsWith(`${family}/`),
  );
  return [...filesIn(call, field), ...free];
}

/** Parameters whose value names no file. */
export function plainParams(call: Call): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(call.params).filter(
      ([, value]) => !(Array.isArray(value) ? value : [value]).some((each) => /^file:/.test(String(each))),
    ),
  );
}

export const base64Of = (file: InputFile): string => file.bytes.toString('base64');

export function dataUrlOf(file: InputFile): string {
  return `data:${file.mediaType};base64,${base64Of(file)}`;
}

/** What leaves with a call, for the receipt. */
export function kindsOf(call: Call): ('prompt' | 'params' | 'files')[] {
  return call.files.length > 0 ? ['prompt', 'params', 'files'] : ['prompt', 'params'];
}

/** Length of a recording where nobody measured it: as long as files of the size that is taken can be. */
const SECONDS_AT_MOST = 2 * 3600;

export function secondsOf(file: InputFile | undefined): number {
  return file?.durationSeconds ?? SECONDS_AT_MOST;
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback;

/** Clips and sounds of a call: some providers fetch these themselves, and take pictures inline. */
export const clipsAndSounds = (call: Call): InputFile[] =>
  call.files.filter(({ mediaType }) => !mediaType.startsWith('image/'));

/** For providers that fetch clips and sounds themselves. Throws `bad_input` where we have no public address. */
export function publicUrlOf(file: InputFile): string {
  if (file.publicUrl !== undefined) return file.publicUrl;
  throw new ProviderFault(
    'bad_input',
    'this provider fetches clips and sounds from a public address, and we have none',
    {
      accepted: 'no',
    },
  );
}

/** Fields without those that are undefined. */
export function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
