import { asMember } from '#server/database/transaction.ts';
import type { TextMessage } from '#server/providers/text-params.ts';
import type { Parts } from './parts.ts';
import { openAnswer } from './record.ts';

type Named = TextMessage & { generation_id?: string };

/**
 * Messages with the sealed reasoning of the answers that they name by `generation_id`. The studio names them and never
 * sees it; an id that is unknown, or another person's, brings nothing. The given messages are not changed.
 */
export async function recallReasoning(
  parts: Pick<Parts, 'pools' | 'vault' | 'bodies'>,
  memberId: string,
  messages: readonly TextMessage[],
): Promise<TextMessage[]> {
  const ids = [...new Set((messages as Named[]).flatMap(({ generation_id: id }) => id ?? []))];
  if (ids.length === 0) return [...messages];
  const rows = await asMember(parts.pools, memberId, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select(['id', 'answerBody'])
      .where('userId', '=', memberId)
      .where('id', 'in', ids)
      .execute(),
  );
  const key = await parts.vault.keyOf(memberId);
  const found = new Map<string, TextMessage['reasoning_details']>();
  for (const { id, answerBody } of rows) {
    if (answerBody === null) continue;
    const answer = openAnswer(key, memberId, id, await parts.bodies.read(answerBody));
    found.set(id, answer.reasoningDetails);
  }
  return (messages as Named[]).map(({ generation_id: id, ...message }) => {
    const details = id === undefined ? undefined : found.get(id);
    return details === undefined ? message : { ...message, reasoning_details: details };
  });
}
