import type { z } from 'zod';
import { ATTACHMENT_MOST_BYTES, type Attachment } from '#contract/support.ts';
import { open } from '#server/artifacts/seal.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { namePlace, takeUpload } from '#server/generations/files.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { Support } from './parts.ts';

type Sent = z.output<typeof Attachment>;

/**
 * Takes in what came with a message, as any upload: what it is follows from its bytes, and it is sealed under the
 * person's key. Answers the ids. Throws as `takeUpload` does; then the message is not sent.
 */
export async function takeAttachments(
  parts: Support,
  personId: string,
  attachments: readonly Sent[],
): Promise<string[]> {
  const files = attachments.map(({ name, content }) => ({ name, bytes: Buffer.from(content, 'base64') }));
  for (const { name, bytes } of files) {
    if (bytes.length === 0) throw new ProblemError('unsupported-file', { detail: `${name} is empty.` });
    if (bytes.length > ATTACHMENT_MOST_BYTES) throw new ProblemError('too-large');
  }
  const ids: string[] = [];
  for (const { name, bytes } of files) ids.push((await takeUpload(parts, personId, name, bytes)).id);
  return ids;
}

/** They stay with their message: what no message names goes by itself after two days. */
export async function keepAttachments(
  tx: Tx<'service'>,
  personId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('artifacts.file')
    .set({ used: true })
    .where('userId', '=', personId)
    .where('id', 'in', [...ids])
    .execute();
}

export interface NamedFile {
  id: string;
  name: string;
  bytes: number;
  mediaType: string;
}

/** What these files are called; of one that is gone nothing. */
export async function namesOf(
  parts: Support,
  personId: string,
  ids: readonly string[],
): Promise<Map<string, NamedFile>> {
  if (ids.length === 0) return new Map();
  const key = await parts.vault.keyOf(personId);
  const rows = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('artifacts.file')
      .select(['id', 'nameSealed', 'bytes', 'mediaType'])
      .where('userId', '=', personId)
      .where('id', 'in', [...ids])
      .execute(),
  );
  return new Map(
    rows.map(({ id, nameSealed, bytes, mediaType }) => [
      id,
      {
        id,
        name: open(key, namePlace(personId, id), nameSealed).toString(),
        bytes: Number(bytes),
        mediaType,
      },
    ]),
  );
}

/** Removes files of a person, rows first. */
export async function removeAttachments(
  parts: Support,
  personId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await asService(parts.pools, (tx) =>
    tx
      .deleteFrom('artifacts.file')
      .where('userId', '=', personId)
      .where('id', 'in', [...ids])
      .execute(),
  );
  await parts.store.remove([...ids]);
}
