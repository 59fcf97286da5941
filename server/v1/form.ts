import { hash } from 'node:crypto';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './openai-errors.ts';

/** A body of `multipart/form-data`: fields by name, and files in their order. */
export interface Form {
  fields: Record<string, string | string[]>;
  files: { field: string; name: string; bytes: Buffer }[];
}

const FILES_MOST = 20;

/** Routes whose body is a form. */
export async function withForms(
  app: FastifyInstance,
  mostBytes: number,
  routes: (scope: FastifyInstance) => void,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(multipart, {
      limits: { files: FILES_MOST, fileSize: mostBytes, fields: 100, fieldSize: 1024 * 1024 },
    });
    routes(scope);
  });
}

/** Reads the form. Throws `ApiError` 400 for what is none and 413 for a file that is too large. */
export async function formOf(request: FastifyRequest): Promise<Form> {
  if (!request.isMultipart())
    throw new ApiError(400, 'invalid_request_error', null, 'The body must be multipart/form-data.');
  const form: Form = { fields: {}, files: [] };
  try {
    for await (const part of request.parts()) {
      const name = part.fieldname.replace(/\[\]$/, '');
      if (part.type === 'file')
        form.files.push({ field: name, name: part.filename, bytes: await part.toBuffer() });
      else add(form.fields, part.fieldname, String(part.value));
    }
  } catch (error) {
    const tooLarge = (error as { statusCode?: number }).statusCode === 413;
    throw tooLarge
      ? new ApiError(413, 'invalid_request_error', 'file_too_large', 'A file is larger than is taken here.')
      : new ApiError(400, 'invalid_request_error', null, 'The form could not be read.');
  }
  return form;
}

/** A name that ends in brackets is a list, however many values came. */
function add(fields: Form['fields'], name: string, value: string) {
  const plain = name.replace(/\[\]$/, '');
  const before = fields[plain];
  if (before === undefined) fields[plain] = name === plain ? value : [value];
  else fields[plain] = [before, value].flat();
}

/** What a form says, whatever its boundary: two that say the same are one request. */
export function bytesOf({ fields, files }: Form): Buffer {
  const named = files.map(({ field, name, bytes }) => [field, name, hash('sha256', bytes)]);
  return Buffer.from(JSON.stringify([fields, named]));
}

/** Fields of a form are words; what the model wants as numbers and switches is read from them. */
export function typed(fields: Form['fields'], typeOf: (name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const types = [typeOf(name)].flat();
      if (typeof value !== 'string') return [name, value];
      if (
        (types.includes('integer') || types.includes('number')) &&
        value.trim() !== '' &&
        !Number.isNaN(Number(value))
      )
        return [name, Number(value)];
      if (types.includes('boolean') && (value === 'true' || value === 'false'))
        return [name, value === 'true'];
      if (types.includes('array')) return [name, [value]];
      return [name, value];
    }),
  );
}
