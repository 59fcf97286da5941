import type { Transaction } from '#contract/wallet.ts';
import type { Tx } from '#server/database/transaction.ts';

type Named = Pick<Transaction, 'generationId' | 'topUpId'>;

/** What each row is about, in a word: the model's name or the channel; null once the generation was removed. */
export async function subjectsOf(
  tx: Tx<'member'>,
  memberId: string,
  transactions: readonly Named[],
): Promise<(transaction: Named) => string | null> {
  const generations = transactions.flatMap(({ generationId }) => generationId ?? []);
  const models = new Map<string, string>();
  if (generations.length > 0) {
    const rows = await tx
      .selectFrom('generations.generation as g')
      .leftJoin('catalogue.model as m', 'm.id', 'g.modelId')
      .select(['g.id', 'g.modelId', 'm.name'])
      .where('g.userId', '=', memberId)
      .where('g.id', 'in', generations)
      .execute();
    for (const { id, modelId, name } of rows) models.set(id, name ?? modelId);
  }
  return ({ generationId, topUpId }) =>
    generationId !== null ? (models.get(generationId) ?? null) : topUpId !== null ? 'Card' : null;
}
