import type { GenerationSummary } from '#contract/generations.ts';
import { asMember } from '#server/database/transaction.ts';
import { type HistoryParts, listGenerations } from './history.ts';
import { openTitle } from './record.ts';

/** Titles are sealed, each by itself: they are opened and looked at here. 5,000 of them take some 20 ms. */
const MOST = 5_000;
const AT_ONCE = 1_000;

/** The newest runs whose title holds all the words, whatever their case and accents. */
export async function findInHistory(
  parts: HistoryParts,
  memberId: string,
  { words, limit }: { words: string; limit: number },
): Promise<{ items: GenerationSummary[]; isWhole: boolean }> {
  const key = await parts.vault.keyOf(memberId);
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  const found: string[] = [];
  let before: string | undefined;
  let isWhole = false;
  for (let seen = 0; seen < MOST && found.length < limit && !isWhole; seen += AT_ONCE) {
    const titles = await titlesBefore(parts, memberId, before);
    for (const { id, titleSealed } of titles) {
      const title = titleSealed === null ? '' : plain(openTitle(key, memberId, id, titleSealed));
      if (wanted.every((word) => title.includes(word))) found.push(id);
    }
    before = titles.at(-1)?.id;
    isWhole = titles.length < AT_ONCE;
  }
  if (found.length === 0) return { items: [], isWhole };
  const ids = found.slice(0, limit);
  const { items } = await listGenerations(parts, memberId, { ids, limit });
  return { items, isWhole: isWhole || found.length >= limit };
}

function titlesBefore(parts: HistoryParts, memberId: string, before: string | undefined) {
  return asMember(parts.pools, memberId, (tx) => {
    const query = tx
      .selectFrom('generations.generation')
      .select(['id', 'titleSealed'])
      .where('userId', '=', memberId)
      .orderBy('id', 'desc')
      .limit(AT_ONCE);
    return (before === undefined ? query : query.where('id', '<', before)).execute();
  });
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
