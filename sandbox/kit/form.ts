import type { Exchange } from './exchange.ts';

/** The fields and files of a multipart body. Null when the body is not one. */
export async function formOf({ body, headers }: Exchange): Promise<{
  fields: Record<string, string>;
  files: { field: string; name: string; type: string; bytes: Buffer }[];
} | null> {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return null;
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    return null;
  }
  const fields: Record<string, string> = {};
  const files = [];
  for (const [field, value] of form) {
    if (typeof value === 'string') fields[field] = value;
    else
      files.push({
        field,
        name: value.name,
        type: value.type,
        bytes: Buffer.from(await value.arrayBuffer()),
      });
  }
  return { fields, files };
}
