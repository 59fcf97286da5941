import type { Visitor } from './product.ts';

/** What the server says of an upload, refused or taken. */
export interface Told {
  id: string;
  type: string;
  detail: string;
  changes: string[];
}

export async function send(
  visitor: Visitor,
  name: string,
  bytes: Buffer,
  query = '',
): Promise<{ status: number; json: Told }> {
  const body = new FormData();
  body.append('file', new File([new Uint8Array(bytes)], name));
  const answer = await visitor.raw(`/api/files${query}`, { method: 'POST', body });
  return { status: answer.status, json: (await answer.json()) as Told };
}

/** Uploads a file; answers its id. Throws when it is refused. */
export async function upload(visitor: Visitor, name: string, bytes: Buffer): Promise<string> {
  const { status, json } = await send(visitor, name, bytes);
  if (status !== 201) throw new Error(`not taken: ${JSON.stringify(json)}`);
  return json.id;
}
