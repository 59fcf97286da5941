import { decode, encode } from 'gpt-tokenizer/encoding/o200k_base';

const KEPT = 400;
const KEPT_CHARACTERS = 20_000;
// Words such as <|endoftext|> are text like any other here.
const plain = { disallowedSpecial: new Set<string>() };
const known = new Map<string, number>();

/** Tokens of a text in the o200k vocabulary, which stands in for every provider's own. */
export function countTokens(text: string): number {
  if (text.length > KEPT_CHARACTERS) return countNow(text);
  let count = known.get(text);
  if (count === undefined) {
    count = countNow(text);
    if (known.size >= KEPT) known.delete(known.keys().next().value as string);
    known.set(text, count);
  }
  return count;
}

/** The encoder's time grows with the square of a run without spaces: 50,000 emoji in a row took 48 s in one piece. */
const LONG_RUN = /(\S{256})(?=\S)/g;

function countNow(text: string): number {
  const parts = text.replace(LONG_RUN, '$1\0').split('\0');
  return parts.reduce((sum, part) => sum + encode(part, plain).length, 0);
}

/** A text cut after `limit` tokens, in pieces of `perPiece` tokens, whose joining gives the text again. */
export function cutIntoPieces(
  text: string,
  limit: number,
  perPiece: number,
): { pieces: { text: string; tokens: number }[]; tokens: number; isWhole: boolean } {
  const all = encode(text, plain);
  const tokens = all.slice(0, Math.max(0, limit));
  const pieces: { text: string; tokens: number }[] = [];
  let pending: number[] = [];
  for (const [at, token] of tokens.entries()) {
    pending.push(token);
    if (pending.length < perPiece && at < tokens.length - 1) continue;
    const piece = decode(pending);
    // A character can span tokens: half of one must not travel.
    if (piece.endsWith('�') && at < tokens.length - 1) continue;
    pieces.push({ text: piece, tokens: pending.length });
    pending = [];
  }
  return { pieces, tokens: tokens.length, isWhole: tokens.length === all.length };
}
