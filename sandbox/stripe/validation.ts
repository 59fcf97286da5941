import { type Form, textAt } from './form.ts';
import { invalid } from './refusals.ts';

export function refuseUnknown(form: Form, known: string): void {
  const names = known.split(/\s+/);
  for (const name in form) {
    if (!names.includes(name))
      throw invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
  }
}

export function wholeAt(form: Form, name: string, path = name): number | undefined {
  const text = textAt(form, name);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw invalid(`Invalid integer: ${text}`, path, 'parameter_invalid_integer');
  return Number(text);
}

export function metadataOf(form: Form | undefined, path = 'metadata'): Record<string, string> {
  const entries = Object.entries(form ?? {});
  if (entries.length > 50) throw invalid('You can only have 50 metadata keys.', path);
  for (const [name, value] of entries) {
    if (name.length > 40) throw invalid(`Metadata keys can have up to 40 characters: ${name}`, path);
    if (typeof value !== 'string') throw invalid('Metadata values must be strings', `${path}[${name}]`);
    if (value.length > 500)
      throw invalid('Metadata values can have up to 500 characters', `${path}[${name}]`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}
